package dev.fq;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One run of a command task. Its output goes to this process's own, standard output to standard
 * output, error to error. An exit code other than 0 fails the attempt, with the code and the last
 * lines of standard error as the reason. When interrupted, the command is killed with its children.
 *
 * <p>The command finds {@code FQ_TASK_ID}, {@code FQ_ATTEMPT} and {@code FQ_QUEUE} in its
 * environment, and nothing on standard input.
 */
final class CommandProcess {

  private static final long TERMINATION_SECONDS = 2;
  private static final long LAST_OUTPUT_MILLIS = 1_000;

  /**
   * setsid(1) gives the command a session of its own, so that Ctrl-C on the terminal reaches the
   * worker, which lets its tasks end, and not the tasks themselves.
   */
  private static final List<String> OWN_SESSION =
      Stream.of("/usr/bin/setsid", "/bin/setsid")
          .filter(p -> Files.isExecutable(Path.of(p)))
          .limit(1)
          .toList();

  private final CommandTask command;
  private final TaskContext context;
  private final boolean prefixed;

  CommandProcess(CommandTask command, TaskContext context) {
    this.command = command;
    this.context = context;
    this.prefixed = context.value(CommandTask.PREFIX_OUTPUT, Boolean.class).orElse(false);
  }

  void run() throws TaskFailedException, InterruptedException {
    Process process = start();
    String prefix = prefixed ? context.id() + ": " : "";
    try {
      LineRelay err = LineRelay.start(process.getErrorStream(), System.err, prefix);
      LineRelay out = LineRelay.start(process.getInputStream(), System.out, prefix);
      int code = process.waitFor();
      err.join(LAST_OUTPUT_MILLIS);
      out.join(LAST_OUTPUT_MILLIS);
      if (code != 0) {
        throw new TaskFailedException(reason(code, err));
      }
    } finally {
      kill(process);
    }
  }

  private Process start() throws TaskFailedException {
    List<String> argv = new ArrayList<>(OWN_SESSION);
    argv.addAll(command.argv());
    ProcessBuilder builder = new ProcessBuilder(argv);
    if (!prefixed) {
      builder.redirectOutput(Redirect.INHERIT);
    }
    Map<String, String> environment = builder.environment();
    environment.putAll(command.env());
    environment.put("FQ_TASK_ID", context.id().value());
    environment.put("FQ_ATTEMPT", Integer.toString(context.attempt()));
    environment.put("FQ_QUEUE", context.queue());
    try {
      if (command.cwd() != null) {
        builder.directory(directory(command.cwd()));
      }
      Process process = builder.start();
      process.getOutputStream().close();
      return process;
    } catch (IOException e) {
      // Without the arguments, which may hold what logs must not.
      throw new TaskFailedException("cannot run " + command.argv().get(0) + ": " + e.getMessage());
    }
  }

  private static File directory(String cwd) throws TaskFailedException {
    Path directory = Path.of(cwd);
    if (!Files.isDirectory(directory)) {
      throw new TaskFailedException("cannot run in " + cwd + ": no such directory on this host");
    }
    return directory.toFile();
  }

  private static String reason(int code, LineRelay err) {
    String lines = err.lastLines();
    return "exit code " + code + (lines.isEmpty() ? "" : "\n" + lines);
  }

  /** Does nothing to a command that has ended. */
  private static void kill(Process process) throws InterruptedException {
    if (!process.isAlive()) {
      return;
    }
    // The children first: when their parent is gone, nothing tells that they were its.
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroy);
    process.waitFor(TERMINATION_SECONDS, TimeUnit.SECONDS);
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
