package dev.fq.bench;

import dev.fq.file.FileQueue;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.OpenMode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/**
 * One of several processes on a queue. Says that it is ready, waits for a line, works until nothing
 * is waiting, and says how many tasks it leased, and then how many renames failed: those are the
 * exceptions that say that a file is gone, which the JVM's own recorder counts.
 */
final class WorkingProcess {

  private static final Duration LEASE = Duration.ofMinutes(5);
  private static final int WARM = 20_000;

  private WorkingProcess() {}

  public static void main(String[] arguments)
      throws IOException, InterruptedException, LeaseLostException {
    try (FileQueue own = FileQueue.at(Path.of(arguments[1])).open(OpenMode.CREATE)) {
      Tasks.fill(own, WARM);
      work(own);
    }
    try (FileQueue queue = FileQueue.at(Path.of(arguments[0])).open(OpenMode.EXISTING);
        Recording recorder = new Recording()) {
      recorder.enable("jdk.JavaExceptionThrow").withoutStackTrace();
      recorder.start();
      System.out.println("ready");
      awaitLine();
      System.out.println(work(queue));
      awaitLine();
      recorder.stop();
      System.out.println(goneIn(recorder, Path.of(arguments[1] + ".jfr")));
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

  private static long work(FileQueue queue)
      throws IOException, InterruptedException, LeaseLostException {
    long leased = 0;
    for (List<Lease> leases = queue.lease(1, LEASE, Duration.ZERO);
        !leases.isEmpty();
        leases = queue.lease(1, LEASE, Duration.ZERO)) {
      queue.complete(leases.get(0));
      leased++;
    }
    return leased;
  }
}
