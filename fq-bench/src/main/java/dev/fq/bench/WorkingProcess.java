package dev.fq.bench;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/**
 * One of several processes on a queue. Says that it is ready, waits for a line, works until nothing
 * is waiting, and says how many tasks it leased, and then how many renames failed: those are the
 * exceptions that say that a file is gone, which the JVM's own recorder counts.
 */
final class WorkingProcess {

  private static final int WARM = 20_000;

  private WorkingProcess() {}

  /**
   * Works as this contender in the first directory, warm from work in the second, as one of so many
   * processes.
   */
  public static void main(String[] arguments) throws Exception {
    String contender = arguments[0];
    Path shared = Path.of(arguments[1]);
    Path own = Path.of(arguments[2]);
    int part = Integer.parseInt(arguments[3]);
    int parts = Integer.parseInt(arguments[4]);
    try (Contender warmUp = Contender.of(contender, own, false)) {
      Tasks.fill(warmUp, WARM);
      warmUp.work();
    }
    try (Contender queue =
            contender.equals("floor")
                ? FloorContender.partOf(shared, part, parts)
                : Contender.of(contender, shared, false);
        Recording recorder = new Recording()) {
      recorder.enable("jdk.JavaExceptionThrow").withoutStackTrace();
      recorder.start();
      System.out.println("ready");
      awaitLine();
      System.out.println(queue.work());
      awaitLine();
      recorder.stop();
      System.out.println(goneIn(recorder, own.resolveSibling(own.getFileName() + ".jfr")));
    }
  }

  /** All begin together, and none takes time from those that still work. */
  private static void awaitLine() throws IOException {
    if (System.in.read() < 0) {
      throw new EOFException("the process that started this one has ended");
    }
  }

  private static long goneIn(Recording recorder, Path file) throws IOException {
    recorder.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.hasField("thrownClass"))
        .map(event -> event.getClass("thrownClass").getName())
        .filter(NoSuchFileException.class.getName()::equals)
        .count();
  }
}
