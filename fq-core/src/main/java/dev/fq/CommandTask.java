package dev.fq;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task that runs a command, for people who write no Java. No shell comes between: each argument
 * reaches the program as it is.
 *
 * <p>As a payload: {@code {"argv": ["program", "argument", …], "cwd": "/directory", "env": {"NAME":
 * "value", …}, "class": "CommandTask"}}; {@code cwd} may be null or missing, {@code env} missing.
 *
 * @param argv the program and its arguments; at least the program
 * @param cwd the directory to run it in; null for the worker's own
 * @param env what to add to the worker's environment
 */
public record CommandTask(List<String> argv, @Nullable String cwd, Map<String, String> env)
    implements Task {

  /**
   * The name of a worker's value, a {@link Boolean}: whether to put the task's id before each line
   * of output. Not unless set.
   */
  public static final String PREFIX_OUTPUT = "fq.prefix-output";

  /**
   * @throws IllegalArgumentException if there is no program, or a word has a NUL character, which
   *     no program can be given
   */
  public CommandTask(
      @Nullable List<String> argv, @Nullable String cwd, @Nullable Map<String, String> env) {
    // Those who write the JSON by hand may leave out what they do not need.
    if (argv == null || argv.isEmpty()) {
      throw new IllegalArgumentException(
          "a command needs a program: expected \"argv\": [\"program\", …], found no words");
    }
    argv.forEach(word -> requireNoNul("argv", word));
    if (cwd != null) {
      requireNoNul("cwd", cwd);
    }
    if (env != null) {
      env.forEach((name, value) -> requireNoNul("env", name + value));
    }
    this.argv = List.copyOf(argv);
    this.cwd = cwd;
    this.env = env == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(env));
  }

  private static void requireNoNul(String field, String word) {
    if (word.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          field + ": expected text without NUL, which no program can be given");
    }
  }

  /**
   * Runs the command until it ends. The JSON value that it writes to the file {@code FQ_RESULT}, or
   * to file descriptor 3 where the worker records outcomes, is the task's {@link TaskContext#result
   * result}.
   *
   * @throws TaskFailedException if its exit code is not 0, its words are longer than the system
   *     takes, or its result is not one JSON value in UTF-8 of at most {@link
   *     dev.fq.spi.TaskResult#MAX_BYTES} bytes
   * @throws HostTroubleException if it cannot be started for another reason: the program or the
   *     directory is not there or may not be used, or the process may have no more files, processes
   *     or memory; also if its exit code is 126 or 127, by which a shell says that
   */
  @Override
  public void execute(TaskContext context)
      throws TaskFailedException, HostTroubleException, InterruptedException {
    boolean prefixed = context.value(PREFIX_OUTPUT, Boolean.class).orElse(false);
    new CommandProcess(argv, cwd, env, prefixed, context).run();
  }

  /**
   * Kills all commands that this process runs, with the processes that they have started, for a
   * caller that must end now.
   */
  public static void killAll() {
    CommandGroups.HERE.killAll();
    if (!CommandGroups.areThere()) {
      ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }
  }
}
