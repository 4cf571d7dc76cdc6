package dev.fq.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The file operations of which every transition is made. Each says by its result whether the file
 * was there; each can be called by an interrupted thread, since none opens an interruptible
 * channel.
 */
final class AtomicFiles {

  private AtomicFiles() {}

  /** Makes a file that was not there, with these bytes. */
  static void write(Path file, byte[] bytes) throws IOException {
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.write(bytes);
    }
  }

  /**
   * Adds these bytes at the end of a file, making it when it is missing. One write with O_APPEND:
   * atomic among the processes of one host, not among the clients of a network file system.
   */
  static void append(Path file, byte[] bytes) throws IOException {
    try (OutputStream out = openAtTheEnd(file)) {
      out.write(bytes);
    }
  }

  /** For {@link #append} by those who want to know at which of its steps it fails. */
  static OutputStream openAtTheEnd(Path file) throws IOException {
    return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /**
   * Renames, in one step.
   *
   * @return false when the source is gone: another was faster
   */
  static boolean move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (IOException e) {
      return rethrowUnlessGone(e);
    }
  }

  /**
   * Deletes.
   *
   * @return false when the file is gone: another was faster
   */
  static boolean delete(Path file) throws IOException {
    try {
      Files.delete(file);
      return true;
    } catch (IOException e) {
      return rethrowUnlessGone(e);
    }
  }

  private static boolean rethrowUnlessGone(IOException e) throws IOException {
    if (isGone(e)) {
      return false;
    }
    throw e;
  }

  /**
   * Whether this is a directory, links followed; unlike {@link Files#isDirectory} this does not
   * take trouble for an answer.
   */
  static boolean isDirectory(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).isDirectory();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Whether this says that nothing can be written here; in the text of strerror(3). */
  static boolean isReadOnly(IOException e) {
    return e.getMessage() != null && e.getMessage().endsWith("Read-only file system");
  }

  /**
   * Whether this says that a file is gone. NFS says it with ESTALE too, which java.nio gives as a
   * {@link FileSystemException} or a plain {@link IOException} with the text of strerror(3).
   */
  static boolean isGone(IOException e) {
    return e instanceof NoSuchFileException
        || (e.getMessage() != null && e.getMessage().endsWith("Stale file handle"));
  }
}
