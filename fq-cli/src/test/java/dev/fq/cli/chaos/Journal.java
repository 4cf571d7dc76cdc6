package dev.fq.cli.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What happened, one line an event, one file a process. A line is written with one system call, so
 * that a process which is killed leaves whole lines.
 *
 * <p>Times are those of the monotonic clock, which all processes of one machine share, whatever
 * they believe the time of day to be.
 */
final class Journal {

  private static final String SUFFIX = ".journal";

  private final Path file;

  Journal(Path directory) {
    this.file = directory.resolve(ProcessHandle.current().pid() + SUFFIX);
  }

  /**
   * One event.
   *
   * @param nanos when
   * @param pid whose
   * @param kind what
   * @param words of what, and how
   */
  record Event(long nanos, long pid, String kind, List<String> words) {
    String id() {
      return words.get(0);
    }

    int attempt() {
      return Integer.parseInt(words.get(1));
    }
  }

  void write(String kind, Object... words) throws IOException {
    StringBuilder line = new StringBuilder().append(System.nanoTime()).append(' ').append(kind);
    for (Object word : words) {
      line.append(' ').append(word);
    }
    Files.write(
        file,
        line.append('\n').toString().getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** All that all processes have written here, in the order of time. */
  static List<Event> read(Path directory) throws IOException {
    List<Event> events = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(each -> each.toString().endsWith(SUFFIX)).toList()) {
        long pid = Long.parseLong(file.getFileName().toString().replace(SUFFIX, ""));
        for (String line : Files.readAllLines(file)) {
          List<String> words = List.of(line.split(" ", -1));
          events.add(
              new Event(
                  Long.parseLong(words.get(0)), pid, words.get(1), words.subList(2, words.size())));
        }
      }
    }
    events.sort(Comparator.comparingLong(Event::nanos));
    return events;
  }
}
