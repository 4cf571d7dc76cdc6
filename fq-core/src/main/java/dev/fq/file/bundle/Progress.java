package dev.fq.file.bundle;

import dev.fq.spi.TaskId;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a claim has done with the tasks of its bundle, by the lines of its progress file: {@code b
 * ID} begun, {@code e ID} ended, {@code s ID FILE TARGET} taken out as a task of its own.
 */
final class Progress {

  static final char BEGUN = 'b';
  static final char ENDED = 'e';
  static final char SPILLED = 's';

  private final Set<TaskId> begun = new LinkedHashSet<>();
  private final Set<TaskId> ended = new LinkedHashSet<>();
  private final Map<TaskId, Spill> spilled = new LinkedHashMap<>();

  /** Of a bundle that nobody has claimed. */
  static Progress none() {
    return new Progress();
  }

  /**
   * What these bytes say.
   *
   * @param committed of so many, ends count: what its holder appended after its last rename of the
   *     bundle does not, since the holder was told that it had lost the bundle. What was begun
   *     counts wherever it stands.
   */
  static Progress of(byte[] bytes, long committed) {
    Progress progress = new Progress();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        String line = new String(bytes, start, i - start, StandardCharsets.UTF_8);
        progress.add(line.split(" ", -1), i < committed);
        start = i + 1;
      }
    }
    return progress;
  }

  /** Half a line, of a full disk, is passed over. */
  private void add(String[] words, boolean counts) {
    if (words.length < 2 || words[0].length() != 1 || !TaskId.isValid(words[1])) {
      return;
    }
    TaskId id = new TaskId(words[1]);
    char what = words[0].charAt(0);
    if (what == BEGUN) {
      begun.add(id);
    } else if (what == ENDED && counts) {
      ended.add(id);
    } else if (what == SPILLED && counts && words.length == 4) {
      ended.add(id);
      spilled.put(id, new Spill(id, words[2], words[3]));
    }
  }

  /** Has those count as begun that have not ended by this later reading. */
  void alsoBegun(Progress later) {
    begun.addAll(later.running());
  }

  /** Those that were begun and have not ended. */
  Set<TaskId> running() {
    Set<TaskId> running = new LinkedHashSet<>(begun);
    running.removeAll(ended);
    return running;
  }

  /** Those that are no longer in the bundle. */
  Set<TaskId> ended() {
    return ended;
  }

  /** Those that were taken out; their files may still have to be moved into place. */
  Iterable<Spill> spilled() {
    return spilled.values();
  }

  /** The same as lines, for the progress file of the next claim. */
  String summary() {
    StringBuilder lines = new StringBuilder();
    for (TaskId id : ended) {
      Spill spill = spilled.get(id);
      lines.append(spill == null ? line(ENDED, id) : spill.line());
    }
    running().forEach(id -> lines.append(line(BEGUN, id)));
    return lines.toString();
  }

  static String line(char what, TaskId id) {
    return what + " " + id + "\n";
  }

  /**
   * A task that is taken out of its bundle.
   *
   * @param file its file in {@code progress/}, until it is in its place
   * @param target its name in {@code queue/}, or {@link #DEAD}
   */
  record Spill(TaskId id, String file, String target) {

    static final String DEAD = "dead";

    String line() {
      return SPILLED + " " + id + " " + file + " " + target + "\n";
    }
  }
}
