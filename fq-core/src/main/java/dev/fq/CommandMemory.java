package dev.fq;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Looks now and then at how much memory the processes of a command have used at most: {@code VmHWM}
 * in /proc/PID/status of proc(5), which the system forgets when a process ends. Elsewhere, and of a
 * command that is quicker than the first look, nothing is known.
 */
final class CommandMemory {

  private static final String PEAK = "VmHWM:";
  private static final long KIBIBYTE = 1024;

  private static final long FIRST = Duration.ofMillis(100).toNanos();

  /** A look reads /proc as a whole, to find children. */
  private static final long LONGEST_PAUSE = Duration.ofSeconds(5).toNanos();

  private final ProcessHandle command;
  private final LongConsumer seen;
  private long pause = FIRST;
  private long last = System.nanoTime();

  /**
   * @param seen is told in bytes what the largest process has used
   */
  CommandMemory(ProcessHandle command, LongConsumer seen) {
    this.command = command;
    this.seen = seen;
  }

  /** Looks, when it is time to. */
  void look() {
    long now = System.nanoTime();
    if (now - last < pause) {
      return;
    }
    last = now;
    pause = Math.min(2 * pause, LONGEST_PAUSE);
    Stream.concat(Stream.of(command), command.descendants())
        .mapToLong(process -> peak(process.pid()))
        .max()
        .ifPresent(seen);
  }

  private static long peak(long pid) {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    try (Stream<String> lines = Files.lines(status, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith(PEAK))
          .map(line -> line.substring(PEAK.length()).strip().split(" ", 2)[0])
          .mapToLong(kibibytes -> Long.parseLong(kibibytes) * KIBIBYTE)
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException goneMeanwhile) {
      return 0;
    }
  }
}
