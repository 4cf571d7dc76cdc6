package dev.fq.file.format;

import dev.fq.file.disk.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which directories a queue has. By that, a directory says which {@link Format} it is in. */
public enum Layout {
  /** fq's own format. */
  OWN,

  /** The format that is shared with python-task-queue. */
  PYTHON;

  static final String QUEUE = "queue";
  static final String TMP = "tmp";
  static final String DEAD = "dead";
  public static final String MOVEMENT = "movement";

  /** Made with the first bundle that is claimed; a queue without bundles has none. */
  public static final String PROGRESS = "progress";

  /** Made with the first outcome that a worker writes, or when outcomes are asked for. */
  public static final String OUTCOMES = "outcomes";

  /** Made with the first output of a task that a worker keeps. */
  public static final String OUTPUT = "output";

  /** A file, where the queue waits for others. */
  public static final String GATE = "gate";

  /** What that file is called when the gate has opened, before the time. */
  public static final String OPENED_GATE = GATE + ".opened-";

  /** A file, where it is limited how many tasks run at a time, or begin. */
  public static final String LIMIT = "limit";

  /** What begins the name of the file that says when the next task may begin. */
  public static final String NEXT_OF_LIMIT = LIMIT + ".next-";

  private static final Pattern NEXT = Pattern.compile(Pattern.quote(NEXT_OF_LIMIT) + "(\\d{1,18})");

  private static final Set<String> ALL =
      Stream.concat(
              Stream.of(PROGRESS, OUTCOMES, OUTPUT),
              Arrays.stream(values()).flatMap(layout -> layout.parts().stream()))
          .collect(Collectors.toUnmodifiableSet());

  /** The layout of the queue in this directory, as the directory says now. */
  static Layout of(Path root) throws IOException {
    return AtomicFiles.isDirectory(root.resolve(MOVEMENT)) ? PYTHON : OWN;
  }

  /** Whether a name in a queue's directory is that of a gate, closed or opened. */
  static boolean isGate(String name) {
    return name.equals(GATE) || name.startsWith(OPENED_GATE);
  }

  /** Whether a name in a queue's directory is that of a limit, or of its next task. */
  static boolean isLimit(String name) {
    return name.equals(LIMIT) || isNextOfLimit(name);
  }

  /** Whether a name says when the next task may begin. */
  public static boolean isNextOfLimit(String name) {
    return NEXT.matcher(name).matches();
  }

  /** The milliseconds of such a name. */
  public static long nextOfLimit(String name) {
    return Long.parseLong(name.substring(NEXT_OF_LIMIT.length()));
  }

  /** The directories of all layouts. */
  static Set<String> all() {
    return ALL;
  }

  /** Its directories, in the order in which they are made: one that has the last is whole. */
  List<String> parts() {
    return switch (this) {
      case OWN -> List.of(TMP, DEAD, QUEUE);
      case PYTHON -> List.of(TMP, DEAD, MOVEMENT, QUEUE);
    };
  }
}
