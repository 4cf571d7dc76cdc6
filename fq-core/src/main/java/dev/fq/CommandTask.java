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
   * @throws IllegalArgumentException if there is no program
   */
  public CommandTask(
      @Nullable List<String> argv, @Nullable String cwd, @Nullable Map<String, String> env) {
    // Those who write the JSON by hand may leave out what they do not need.
    if (argv == null || argv.isEmpty()) {
      throw new IllegalArgumentException(
          "a command needs a program: expected \"argv\": [\"program\", …], found no words");
    }
    this.argv = List.copyOf(argv);
    this.cwd = cwd;
    this.env = env == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(env));
  }

  /**
   * Runs the command until it ends.
   *
   * @throws TaskFailedException if its exit code is not 0, or it cannot be started
   */
  @Override
  public void execute(TaskContext context) throws TaskFailedException, InterruptedException {
    new CommandProcess(this, context).run();
  }
}
