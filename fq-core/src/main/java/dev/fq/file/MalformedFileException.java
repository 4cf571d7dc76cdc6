package dev.fq.file;

import java.io.IOException;
import java.nio.file.Path;

/** A file that people write says what it cannot: it will be the same a moment later. */
final class MalformedFileException extends IOException {

  private static final long serialVersionUID = 1;

  MalformedFileException(Path file, String message, Throwable cause) {
    super(file + ": " + message, cause);
  }

  MalformedFileException(Path file, int line, String message) {
    super("%s, line %s: %s".formatted(file, line, message));
  }
}
