package dev.fq;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process groups of the commands that run in this process. Java can signal single processes
 * only, so a shell does it that is started with the first command. It watches over the commands
 * too: when this process dies, however it does, the shell reads the end of its input, and ends the
 * groups that are left.
 *
 * <p>A command has a group of its own where setsid(1) is. Elsewhere there are none.
 *
 * <p>Rejected: {@code PR_SET_PDEATHSIG} by setpriv(1), which reaches one process and depends on a
 * thread of Java's; a watcher for each command; kill(1) for each signal, which cannot be started
 * when a process may have no more files.
 */
final class CommandGroups {

  private static final Logger log = LoggerFactory.getLogger(CommandGroups.class);

  /** Those of this process. */
  static final CommandGroups HERE = new CommandGroups();

  /**
   * Gives what follows a session of its own, and so a process group that is named like it. On the
   * terminal Ctrl-C reaches the worker then, which lets its tasks end, and not the tasks.
   */
  private static final List<String> OWN_SESSION =
      Stream.of("/usr/bin/setsid", "/bin/setsid")
          .filter(program -> Files.isExecutable(Path.of(program)))
          .limit(1)
          .toList();

  /** In the words of POSIX: no system's shell has to be a certain one. */
  private static final String KEEPER =
      """
      trap '' HUP INT TERM
      groups=
      while read -r verb group; do
        case $verb in
          watch)
            groups="$groups $group"
            ;;
          leave)
            left=
            for g in $groups; do [ "$g" = "$group" ] || left="$left $g"; done
            groups=$left
            ;;
          *)
            if kill -s "$verb" -- "-$group" 2>/dev/null; then echo yes; else echo no; fi
            ;;
        esac
      done
      for g in $groups; do kill -s TERM -- "-$g"; done 2>/dev/null
      [ -z "$groups" ] || sleep 2
      for g in $groups; do kill -s KILL -- "-$g"; done 2>/dev/null
      """;

  private static final long NONE = -1;

  // Guarded by this.
  private final Set<Long> watched = new LinkedHashSet<>();
  private @Nullable Process keeper;
  private @Nullable Writer question;
  private @Nullable BufferedReader answer;

  /** The words before a command that give it a group; none where that cannot be. */
  static List<String> words() {
    return OWN_SESSION;
  }

  /** Whether commands have groups here. */
  static boolean areThere() {
    return !OWN_SESSION.isEmpty();
  }

  /** Ends the group when this process dies, from now on. */
  synchronized void watch(long group) {
    watched.add(group);
    tell("watch", group);
  }

  /** Stops watching: the rest of the group runs on. */
  synchronized void leave(long group) {
    watched.remove(group);
    tell("leave", group);
  }

  /** Whether any process of the group is left that has not ended. */
  synchronized boolean isThere(long group) {
    return ask("0", group) && !isOfZombies(group);
  }

  /**
   * Where nobody takes in orphans, as in a container whose first process is none that does, what
   * has ended stays in its group. Linux tells, in /proc/PID/stat of proc(5).
   */
  private static boolean isOfZombies(long group) {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (isAliveIn(group, process.resolve("stat"))) {
          return false;
        }
      }
      return true;
    } catch (IOException | DirectoryIteratorException notLinux) {
      return false;
    }
  }

  private static boolean isAliveIn(long group, Path stat) {
    return groupOf(stat, NONE) == group;
  }

  /** The group of a process that has not ended; else the given one. */
  private static long groupOf(Path stat, long ifUnknown) {
    try {
      String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
      // After the name, which may have anything in it: the state, the parent, the group.
      String[] fields = line.substring(line.lastIndexOf(')') + 1).strip().split(" ", 4);
      return fields.length < 4 || fields[0].equals("Z") ? ifUnknown : Long.parseLong(fields[2]);
    } catch (IOException goneMeanwhile) {
      return ifUnknown;
    }
  }

  /**
   * Sends all processes of the group a signal, by its name without SIG, at once.
   *
   * @return false when there is no such group
   */
  synchronized boolean signal(String name, long group) {
    return ask(name, group);
  }

  /** Whether a process is of the group, as far as /proc tells; all are where there is no /proc. */
  boolean has(long group, long pid) {
    return areThere() && groupOf(Path.of("/proc", Long.toString(pid), "stat"), group) == group;
  }

  /** Kills all groups at once. */
  synchronized void killAll() {
    List.copyOf(watched).forEach(group -> ask("KILL", group));
  }

  private void tell(String verb, long group) {
    if (!areThere()) {
      return;
    }
    try {
      send(verb, group);
    } catch (IOException e) {
      lose(e);
    }
  }

  private boolean ask(String verb, long group) {
    if (!areThere()) {
      return false;
    }
    try {
      return answerTo(verb, group);
    } catch (IOException e) {
      // Somebody has killed it: another can be asked.
      lose(e);
    }
    try {
      return answerTo(verb, group);
    } catch (IOException e) {
      lose(e);
      return false;
    }
  }

  private boolean answerTo(String verb, long group) throws IOException {
    send(verb, group);
    String line = answer == null ? null : answer.readLine();
    if (line == null) {
      throw new IOException("no answer");
    }
    return line.equals("yes");
  }

  private void send(String verb, long group) throws IOException {
    if (keeper == null) {
      start();
    }
    if (question != null) {
      question.write(verb + " " + group + "\n");
      question.flush();
    }
  }

  private void start() throws IOException {
    List<String> argv = new ArrayList<>(OWN_SESSION);
    argv.addAll(List.of("sh", "-c", KEEPER));
    ProcessBuilder builder = new ProcessBuilder(argv).redirectError(Redirect.DISCARD);
    Process started = builder.start();
    keeper = started;
    question = started.outputWriter(StandardCharsets.UTF_8);
    answer =
        new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
    for (long group : watched) {
      question.write("watch " + group + "\n");
    }
    question.flush();
  }

  private void lose(IOException e) {
    log.debug("the shell that signals commands is gone: {}", e.toString());
    if (keeper != null) {
      keeper.destroyForcibly();
    }
    keeper = null;
    question = null;
    answer = null;
  }
}
