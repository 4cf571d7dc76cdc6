package dev.fq.cli;

import dev.fq.spi.Printable;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Says an exception in one line. */
final class Trouble {

  private Trouble() {}

  static String line(Throwable e) {
    if (e instanceof UncheckedIOException && e.getCause() != null) {
      return line(e.getCause());
    }
    if (e instanceof FileSystemException file && file.getReason() == null) {
      return Printable.text(file.getFile() + ": " + reason(file));
    }
    if (isInterruption(e)) {
      return e instanceof ClosedByInterruptException || e.getMessage() == null
          ? "interrupted"
          : e.getMessage();
    }
    String message = e.getMessage();
    return Printable.line(message == null || message.isBlank() ? e.toString() : message);
  }

  /** Whether a signal has ended the work; java.nio has an exception of its own for that. */
  static boolean isInterruption(@Nullable Throwable e) {
    return e instanceof InterruptedException
        || e instanceof ClosedByInterruptException
        || (e != null && isInterruption(e.getCause()));
  }

  /** java.nio tells these by their class alone. */
  private static String reason(FileSystemException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e instanceof FileAlreadyExistsException
        ? "exists already"
        : e.getClass().getSimpleName();
  }
}
