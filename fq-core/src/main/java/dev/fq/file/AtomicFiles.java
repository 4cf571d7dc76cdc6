package dev.fq.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

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
   * Gives a file that only this process knows another name, unless that name is taken: a hard link
   * to it, then the removal of the old name. Whoever is killed in between leaves both names to one
   * file. Where there are no hard links, it looks whether the name is taken and renames; a file
   * that another makes in between is replaced then.
   *
   * @return false when the name is taken; the file is still under its old one then
   * @throws NoSuchFileException if the file is gone
   */
  static boolean moveToFree(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from);
    } catch (FileAlreadyExistsException e) {
      if (!isLinked(from, to)) {
        return false;
      }
    } catch (NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException e) {
      return renameToFree(from, to);
    } catch (IOException e) {
      if (mayHaveNoLinks(e)) {
        return renameToFree(from, to);
      }
      if (!isLinked(from, to)) {
        throw e;
      }
    }
    delete(from);
    return true;
  }

  /**
   * Whether a link that is said to have failed has taken place: an NFS server may answer the second
   * sending of a request whose first it has carried out, and then the file has two names (link(2),
   * "Bugs").
   */
  private static boolean isLinked(Path from, Path to) throws IOException {
    try {
      return Files.isSameFile(from, to);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** EPERM and EOPNOTSUPP, among others, are what file systems without hard links say (link(2)). */
  private static boolean mayHaveNoLinks(IOException e) {
    String message = String.valueOf(e.getMessage());
    return Stream.of("Operation not permitted", "not supported", "not implemented")
        .anyMatch(message::endsWith);
  }

  private static boolean renameToFree(Path from, Path to) throws IOException {
    if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    if (!move(from, to)) {
      throw new NoSuchFileException(from.toString());
    }
    return true;
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
