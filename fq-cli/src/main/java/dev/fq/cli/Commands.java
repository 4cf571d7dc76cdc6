package dev.fq.cli;

import dev.fq.CommandTask;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes tasks that run commands, and refuses those that no system would run. */
final class Commands {

  /** MAX_ARG_STRLEN of Linux, execve(2): the longest word in bytes, with the NUL after it. */
  private static final int MAX_WORD = 128 * 1024;

  /** What Linux has for all words and the environment under the usual limit of the stack. */
  private static final int MAX_WORDS = 2 * 1024 * 1024;

  private final String cwd;
  private final Map<String, String> env;

  /** All run in this directory, with these variables. */
  Commands(String cwd, Map<String, String> env) {
    this.cwd = cwd;
    this.env = env;
  }

  /**
   * A task that runs this.
   *
   * @throws IllegalArgumentException if it is too long
   */
  CommandTask task(List<String> argv) {
    String trouble = tooLong(argv);
    if (trouble != null) {
      throw new IllegalArgumentException(trouble);
    }
    return new CommandTask(argv, cwd, env);
  }

  /** Every worker would find that out anew. */
  private @Nullable String tooLong(List<String> argv) {
    long sum = 0;
    List<String> words = new ArrayList<>(argv);
    env.forEach((name, value) -> words.add(name + "=" + value));
    for (String word : words) {
      int bytes = word.getBytes(StandardCharsets.UTF_8).length + 1;
      sum += bytes;
      if (bytes > MAX_WORD) {
        return "expected arguments of at most %s bytes, found one of %s; put it into a file"
            .formatted(MAX_WORD - 1, bytes - 1);
      }
    }
    return sum > MAX_WORDS
        ? "expected arguments of at most %s bytes in all, found %s; put them into a file"
            .formatted(MAX_WORDS, sum)
        : null;
  }
}
