package dev.fq.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The standard output of this process, which remembers why it could not be written.
 *
 * <p>Java's {@code PrintStream} keeps that to itself. A reader that has left is told from a full
 * disk by what the descriptor is: a pipe or a socket ends the verb quietly, anything else is
 * trouble.
 */
final class StandardOutput extends OutputStream {

  private static final Path LINK = Path.of("/proc/self/fd/1");

  private final OutputStream out;
  private @Nullable IOException failure;

  StandardOutput() {
    this(new FileOutputStream(FileDescriptor.out));
  }

  private StandardOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  /**
   * Why something that was printed is not there, for people; empty when all of it is, and when its
   * reader has gone, who has seen what he wanted.
   */
  Optional<String> trouble() {
    return failure == null || isReaderGone(failure)
        ? Optional.empty()
        : Optional.of("standard output: " + failure.getMessage() + "; what it has is incomplete");
  }

  /** The text of strerror(3) is in the language of the locale; what the descriptor is, is not. */
  private static boolean isReaderGone(IOException failure) {
    try {
      String target = Files.readSymbolicLink(LINK).toString();
      return target.startsWith("pipe:") || target.startsWith("socket:");
    } catch (IOException | UnsupportedOperationException notLinux) {
      return String.valueOf(failure.getMessage()).contains("Broken pipe");
    }
  }
}
