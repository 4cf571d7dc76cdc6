package dev.fq;

import dev.fq.spi.Printable;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Locale;

/** Says why an attempt failed. */
final class Reason {

  private Reason() {}

  /** All of it, for the queue: a stack trace, unless the message says it all. */
  static String whole(Throwable failure) {
    if (saysItAll(failure)) {
      return summary(failure);
    }
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  /** For the log, which is read line by line. */
  static String firstLine(Throwable failure) {
    return Printable.line(summary(failure));
  }

  private static String summary(Throwable failure) {
    return saysItAll(failure) ? String.valueOf(failure.getMessage()) : failure.toString();
  }

  /** Whether the message of this is all that is to be said. */
  static boolean saysItAll(Throwable failure) {
    return failure instanceof TaskFailedException || failure instanceof HostTroubleException;
  }

  /** A failure for the reason that the attempt took too long, with what else is known. */
  static TaskFailedException tookTooLong(Duration timeout, Throwable failure) {
    String more = failure instanceof TaskFailedException ? "\n" + failure.getMessage() : "";
    return new TaskFailedException("took longer than " + text(timeout) + more);
  }

  /** A time as it is given at the command line: 10m, 1h30m. */
  static String text(Duration time) {
    return time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }
}
