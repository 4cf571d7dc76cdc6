package dev.fq;

import static dev.fq.spi.OutputLog.Channel.ERR;
import static dev.fq.spi.OutputLog.Channel.OUT;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a command task. Its output goes to this process's own, standard output to standard
 * output, error to error. An exit code other than 0 fails the attempt, with the code and the last
 * lines of standard error as the reason. When it is interrupted or fails, the command is ended with
 * all processes of its session.
 *
 * <p>The command finds {@code FQ_TASK_ID}, {@code FQ_ATTEMPT}, {@code FQ_QUEUE}, {@code FQ_SLOT},
 * {@code FQ_SLOTS} and {@code FQ_RESULT} ({@link CommandResult}) in its environment, {@code
 * FQ_MEMORY}, {@code FQ_GPU} and {@code CUDA_VISIBLE_DEVICES} where its worker shares these out,
 * and nothing on standard input.
 */
final class CommandProcess {

  private static final Logger log = LoggerFactory.getLogger(CommandProcess.class);

  /** As sh(1) has it: found and not executable, and not found. */
  private static final int CANNOT_EXECUTE = 126;

  private static final int NOT_FOUND = 127;

  /** E2BIG of errno(3), as Java 17 says it and as Java 25 does. */
  private static final Pattern TOO_LONG = Pattern.compile("error(=|: )7\\b");

  private static final String FAILED_TO_EXECUTE = "setsid: failed to execute ";

  /** What the launcher says of the locale that it replaced for Java. */
  private static final String REPLACED_LOCALE = "FQ_LC_ALL";

  private static final Duration SHORT_GRACE = Duration.ofSeconds(2);
  private static final Duration DYING = Duration.ofSeconds(2);
  private static final long MIN_PAUSE_MILLIS = 1;
  private static final long MAX_PAUSE_MILLIS = 100;
  private static final int STANDARD_OUTPUT = 1;

  private final List<String> argv;
  private final @Nullable String cwd;
  private final Map<String, String> env;
  private final TaskContext context;
  private final boolean prefixed;
  private final boolean isPiped;
  private final PrintStream standardOutput;

  /**
   * @param prefixed whether to put the task's id before each line of output
   */
  CommandProcess(
      List<String> argv,
      @Nullable String cwd,
      Map<String, String> env,
      boolean prefixed,
      TaskContext context) {
    this.argv = argv;
    this.cwd = cwd;
    this.env = env;
    this.context = context;
    this.prefixed = prefixed;
    this.standardOutput = context.output().map(to -> new PrintStream(to, true)).orElse(System.out);
    this.isPiped =
        prefixed || context.output().isPresent() || context.kept().keeps() || !isInheritable();
  }

  void run() throws TaskFailedException, HostTroubleException, InterruptedException {
    requirePassable();
    try (CommandResult result = CommandResult.open(context.notes().isResultKept())) {
      Process process = start(result);
      CommandGroups.HERE.watch(process.pid());
      try {
        run(process);
      } finally {
        CommandGroups.HERE.leave(process.pid());
      }
      result.read().ifPresent(context.notes()::result);
    }
  }

  /**
   * When a command ends, Java reads the rest of its pipes into memory, for as long as a child that
   * was left behind goes on writing, unless somebody holds the monitors of these streams.
   */
  private void run(Process process)
      throws TaskFailedException, HostTroubleException, InterruptedException {
    InputStream errors = process.getErrorStream();
    InputStream output = process.getInputStream();
    synchronized (errors) {
      // That of an inherited output is one and the same for all processes.
      synchronized (isPiped ? output : errors) {
        String prefix = prefixed ? context.id() + ": " : "";
        CommandOutput err =
            CommandOutput.ofLines(errors, System.err, context.kept().stream(ERR), prefix);
        CommandOutput out =
            prefixed
                ? CommandOutput.ofLines(output, standardOutput, context.kept().stream(OUT), prefix)
                : CommandOutput.exact(output, standardOutput, context.kept().stream(OUT));
        try {
          end(process, await(process, err, out), err);
        } finally {
          err.end();
          out.end();
        }
      }
    }
  }

  /** Waits for the command's end, and passes on what it writes until then. */
  private int await(Process process, CommandOutput err, CommandOutput out)
      throws TaskFailedException, InterruptedException {
    long pause = MIN_PAUSE_MILLIS;
    CommandMemory memory = new CommandMemory(process.toHandle(), context.notes()::memory);
    try {
      while (true) {
        boolean hasEnded = process.waitFor(pause, TimeUnit.MILLISECONDS);
        if (context.notes().isTold()) {
          memory.look();
        }
        boolean wrote = err.passOn();
        wrote |= out.passOn();
        if (hasEnded) {
          return process.exitValue();
        }
        pause = wrote ? MIN_PAUSE_MILLIS : Math.min(2 * pause, MAX_PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      end(process, context.isTimedOut() ? context.grace() : SHORT_GRACE);
      passOnTheRest(err, out);
      if (context.isTimedOut()) {
        throw new TaskFailedException(err.lastLines());
      }
      throw e;
    } catch (IOException e) {
      end(process, SHORT_GRACE);
      throw new TaskFailedException("its output cannot be read: " + e.getMessage());
    }
  }

  private static void passOnTheRest(CommandOutput err, CommandOutput out) {
    try {
      err.passOn();
      out.passOn();
    } catch (IOException e) {
      log.debug("the rest of a command's output cannot be read: {}", e.toString());
    }
  }

  /** A failed command is tried again: nothing that it left behind may run beside that. */
  private void end(Process process, int code, CommandOutput err)
      throws TaskFailedException, HostTroubleException {
    context.notes().exitCode(code);
    if (code == 0) {
      return;
    }
    if (CommandGroups.HERE.isThere(process.pid())) {
      end(process, SHORT_GRACE);
    }
    String lines = err.lastLines();
    boolean isNotExecuted = lines.startsWith(FAILED_TO_EXECUTE);
    if ((isNotExecuted || code == CANNOT_EXECUTE) && lines.endsWith("Argument list too long")) {
      throw tooLong();
    }
    if (code == NOT_FOUND || code == CANNOT_EXECUTE) {
      throw new HostTroubleException(
          isNotExecuted
              ? "cannot run " + lines.substring(FAILED_TO_EXECUTE.length())
              : reason(code, lines));
    }
    throw new TaskFailedException(reason(code, lines));
  }

  private static String reason(int code, String lines) {
    return "exit code " + code + (lines.isEmpty() ? "" : "\n" + lines);
  }

  private Process start(CommandResult result) throws TaskFailedException, HostTroubleException {
    List<String> words = new ArrayList<>(result.words());
    words.addAll(CommandGroups.words());
    words.addAll(argv);
    ProcessBuilder builder = new ProcessBuilder(words);
    if (!isPiped) {
      builder.redirectOutput(Redirect.INHERIT);
    }
    Map<String, String> environment = builder.environment();
    restoreLocale(environment);
    environment.putAll(env);
    environment.put("FQ_TASK_ID", context.id().value());
    environment.put("FQ_ATTEMPT", Integer.toString(context.attempt()));
    environment.put("FQ_QUEUE", context.queue().url());
    putGrant(environment);
    result.addTo(environment);
    if (cwd != null) {
      builder.directory(directory(cwd));
    }
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      return process;
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      if (TOO_LONG.matcher(message).find()) {
        throw tooLong();
      }
      // Without the arguments, which may hold what logs must not.
      throw new HostTroubleException("cannot run " + program() + ": " + message, e);
    } catch (OutOfMemoryError e) {
      // As Java calls it when there may be no more threads.
      throw new HostTroubleException("cannot run " + program() + ": " + e.getMessage(), e);
    }
  }

  /** What the command may take of the worker, so that it need not ask how large the host is. */
  private void putGrant(Map<String, String> environment) {
    environment.put("FQ_SLOT", Integer.toString(context.slot()));
    environment.put("FQ_SLOTS", Integer.toString(context.slots()));
    if (context.memory() > 0) {
      environment.put("FQ_MEMORY", Long.toString(context.memory()));
    }
    if (context.areGpusShared()) {
      String devices = String.join(",", context.gpus());
      environment.put("FQ_GPU", devices);
      // Empty it lets the program see none, says the CUDA C++ Programming Guide.
      environment.put("CUDA_VISIBLE_DEVICES", devices);
    }
  }

  /**
   * A pipe is not: when its reader goes, it would end the commands that write to it. Nor is what
   * cannot be told from one.
   */
  private static boolean isInheritable() {
    return ProgressBar.isTerminal(STANDARD_OUTPUT)
        || Files.isRegularFile(Path.of("/dev/fd/" + STANDARD_OUTPUT));
  }

  private String program() {
    return argv.get(0);
  }

  private TaskFailedException tooLong() {
    return new TaskFailedException(
        "cannot run "
            + program()
            + ": its arguments and environment are longer than this system takes (E2BIG)");
  }

  private static void restoreLocale(Map<String, String> environment) {
    String replaced = environment.remove(REPLACED_LOCALE);
    if (replaced == null) {
      return;
    }
    if (replaced.isEmpty()) {
      environment.remove("LC_ALL");
    } else {
      environment.put("LC_ALL", replaced);
    }
  }

  private static File directory(String cwd) throws HostTroubleException {
    Path directory = Path.of(cwd);
    if (!Files.isDirectory(directory)) {
      throw new HostTroubleException(
          "cannot run in " + cwd + ": no such directory on this host, or it cannot be reached");
    }
    return directory.toFile();
  }

  /** Java would write a ? for each character that the locale's encoding does not have. */
  private void requirePassable() throws TaskFailedException, HostTroubleException {
    Charset encoding = encoding();
    CharsetEncoder encoder = encoding.newEncoder();
    List<String> words =
        Stream.of(
                argv.stream(), Stream.ofNullable(cwd), env.keySet().stream(), env.values().stream())
            .flatMap(word -> word)
            .toList();
    for (String word : words) {
      if (!encoder.canEncode(word)) {
        String what = "cannot run " + program() + ": ";
        if (encoder.canEncode("\u00df\u4e2d")) {
          throw new TaskFailedException(what + "its words have half a surrogate pair");
        }
        throw new HostTroubleException(
            what
                + "this worker's locale, whose encoding is "
                + encoding
                + ", does not have the characters of its words; start the worker by the launcher fq,"
                + " or with LC_ALL=C.UTF-8");
      }
    }
  }

  private static Charset encoding() {
    // Up to Java 17 it is file.encoding that counts here; see JEP 400.
    return Runtime.version().feature() < 18
        ? Charset.defaultCharset()
        : Charset.forName(System.getProperty("sun.jnu.encoding"));
  }

  /** Ends the command and its children: SIGTERM, and SIGKILL for those left after the grace. */
  private void end(Process process, Duration grace) {
    List<ProcessHandle> others = ofOtherSessions(process, process.toHandle());
    // One signal each: a second one means "at once" to many programs.
    if (!CommandGroups.HERE.signal("TERM", process.pid())) {
      process.destroy();
    }
    others.forEach(ProcessHandle::destroy);
    if (isGone(process, others, grace, true)) {
      return;
    }
    // They may have started more since.
    Stream<ProcessHandle> more =
        others.stream().flatMap(other -> ofOtherSessions(process, other).stream());
    List<ProcessHandle> left = Stream.concat(others.stream(), more).toList();
    if (!CommandGroups.HERE.signal("KILL", process.pid())) {
      process.destroyForcibly();
    }
    left.forEach(ProcessHandle::destroyForcibly);
    if (!isGone(process, left, DYING, false)) {
      log.warn("task {}: a process of its command does not die", context.id());
    }
  }

  /**
   * Those that have left the command's session; when their parent is gone, nothing tells of them.
   */
  private static List<ProcessHandle> ofOtherSessions(Process command, ProcessHandle parent) {
    return parent
        .descendants()
        .filter(child -> !CommandGroups.HERE.has(command.pid(), child.pid()))
        .toList();
  }

  /** Whether all its processes end within this time; an interrupt does not end the wait. */
  private boolean isGone(
      Process process, List<ProcessHandle> others, Duration atMost, boolean mayHurry) {
    long end = System.nanoTime() + atMost.toNanos();
    long least = System.nanoTime() + Math.min(atMost.toNanos(), SHORT_GRACE.toNanos());
    boolean interrupted = false;
    boolean isGone = isGone(process, others);
    while (!isGone && System.nanoTime() < (mayHurry && context.mustHurry() ? least : end)) {
      try {
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      isGone = isGone(process, others);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return isGone;
  }

  private static boolean isGone(Process process, List<ProcessHandle> others) {
    return !process.isAlive()
        && !CommandGroups.HERE.isThere(process.pid())
        && others.stream().noneMatch(ProcessHandle::isAlive);
  }
}
