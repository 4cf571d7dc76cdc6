package dev.fq.file.disk;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
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
 *
 * <p>Nothing is opened through a link (O_NOFOLLOW), nor is anything but a regular file. Java has no
 * fstat, so it is not asked whether the file that was opened is the one that was looked at.
 */
public final class AtomicFiles {

  private static final int MAX_TRIES_TO_APPEND = 100;

  private AtomicFiles() {}

  /** Makes a file that was not there, with these bytes. */
  public static void write(Path file, byte[] bytes) throws IOException {
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.write(bytes);
    }
  }

  /** Removes what was made to find something out, as far as that can be. */
  public static void removeProbe(Path probe) {
    try {
      Files.deleteIfExists(probe);
    } catch (IOException e) {
      // Who may not remove it most likely could not make it either; else it goes after a day.
      return;
    }
  }

  /** What is done with a file that one has just made, and that has nothing in it yet. */
  @FunctionalInterface
  public interface Making {
    void isMade(Path file);
  }

  /**
   * Adds these bytes at the end of a file, making it when it is missing. One write with O_APPEND:
   * atomic among the processes of one host, not among the clients of a network file system.
   */
  public static void append(Path file, byte[] bytes, Making making) throws IOException {
    try (OutputStream out = openAtTheEnd(file, making)) {
      out.write(bytes);
    }
  }

  /** Shortens a file that only this process writes. */
  public static void truncate(Path file, long size) throws IOException {
    requireRegular(file);
    try (SeekableByteChannel channel =
        Files.newByteChannel(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      channel.truncate(size);
    }
  }

  /** For {@link #append} by those who want to know at which of its steps it fails. */
  public static OutputStream openAtTheEnd(Path file, Making making) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        requireRegular(file);
        return Files.newOutputStream(file, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
      } catch (NoSuchFileException missing) {
        try {
          OutputStream made =
              Files.newOutputStream(
                  file,
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.APPEND,
                  LinkOption.NOFOLLOW_LINKS);
          making.isMade(file);
          return made;
        } catch (FileAlreadyExistsException e) {
          // RACE: another process has made it since. An NFS client may take a while to see that.
          if (tries == MAX_TRIES_TO_APPEND) {
            throw e;
          }
        }
      }
    }
  }

  /** All of a file. */
  public static byte[] read(Path file) throws IOException {
    try (InputStream in = openToRead(file)) {
      return in.readAllBytes();
    }
  }

  /** Opens a file of which only the name is known. */
  public static InputStream openToRead(Path file) throws IOException {
    requireRegular(file);
    return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Refuses what is no file of fq's: in a directory where others may write, a link may point to
   * what they may not change themselves, and opening a FIFO waits for ever. RACE: whoever puts a
   * link here after this look finds it not followed, by O_NOFOLLOW.
   *
   * @throws NotRegularException if there is something else
   * @throws NoSuchFileException if there is nothing
   */
  public static void requireRegular(Path file) throws IOException {
    BasicFileAttributes found =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isRegularFile()) {
      throw new NotRegularException(file, found);
    }
  }

  /** There is something where a file should be, and it is none. */
  static final class NotRegularException extends FileSystemException {
    private static final long serialVersionUID = 1;

    private NotRegularException(Path file, BasicFileAttributes found) {
      super(
          file.toString(),
          null,
          "expected a regular file, found "
              + (found.isSymbolicLink()
                  ? "a symbolic link"
                  : found.isDirectory() ? "a directory" : "something else")
              + "; remove it");
    }
  }

  /**
   * Renames, in one step.
   *
   * @return false when the source is gone: another was faster
   */
  public static boolean move(Path from, Path to) throws IOException {
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
  public static boolean moveToFree(Path from, Path to) throws IOException {
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
  public static boolean delete(Path file) throws IOException {
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
  public static boolean isDirectory(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).isDirectory();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Whether this is a directory and no link to one. A queue's directories are none, so that nobody
   * who may write there can have files made elsewhere.
   */
  public static boolean isRealDirectory(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isDirectory();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Whether this says that the user may not do it, and not that another was faster. In a directory
   * with the sticky bit other people's files cannot be renamed, which java.nio tells by the text of
   * strerror(3) for EPERM only.
   */
  public static boolean isDenied(IOException e) {
    return e instanceof AccessDeniedException
        || isReadOnly(e)
        || (e.getMessage() != null && e.getMessage().endsWith("Operation not permitted"));
  }

  /** Whether this says that nothing can be written here; in the text of strerror(3). */
  public static boolean isReadOnly(IOException e) {
    return e.getMessage() != null && e.getMessage().endsWith("Read-only file system");
  }

  /**
   * Whether this says that a file is gone. NFS says it with ESTALE too, which java.nio gives as a
   * {@link FileSystemException} or a plain {@link IOException} with the text of strerror(3).
   */
  public static boolean isGone(IOException e) {
    return e instanceof NoSuchFileException
        || (e.getMessage() != null && e.getMessage().endsWith("Stale file handle"));
  }
}
