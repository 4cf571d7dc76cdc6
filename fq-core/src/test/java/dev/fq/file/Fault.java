package dev.fq.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Something that goes wrong at one operation on a file, or a process that ends there. */
final class Fault implements RecordingFileSystem.Interference {

  /** What can go wrong, in the words in which java.nio tells it on Linux. */
  enum Kind {
    NO_SPACE,
    QUOTA,
    ACCESS,
    INPUT_OUTPUT,
    STALE,
    STALE_IN_A_STREAM,
    /** The operation takes place; its answer comes as a time-out. */
    ANSWER_LOST,
    /**
     * It takes place, is asked for again, and the second answer is that there is no such file, or
     * that there is one already.
     */
    ASKED_TWICE,
    /** The process is killed before the operation. */
    KILLED;

    /** Whether operations of this name go wrong in this way. */
    boolean concerns(String operation) {
      return switch (this) {
        case ASKED_TWICE -> List.of("move", "delete", "link").contains(operation);
        // A write goes to the client's memory; whether it reached the server shows at closing.
        case ANSWER_LOST -> !operation.equals("write");
        default -> true;
      };
    }

    boolean isAfterwards() {
      return this == ANSWER_LOST || this == ASKED_TWICE;
    }

    private IOException trouble(String operation, String file) {
      return switch (this) {
        case NO_SPACE -> new FileSystemException(file, null, "No space left on device");
        case QUOTA -> new FileSystemException(file, null, "Disk quota exceeded");
        case ACCESS -> new AccessDeniedException(file);
        case INPUT_OUTPUT -> new FileSystemException(file, null, "Input/output error");
        case STALE -> new FileSystemException(file, null, "Stale file handle");
        case STALE_IN_A_STREAM -> new IOException("Stale file handle");
        case ANSWER_LOST -> new FileSystemException(file, null, "Connection timed out");
        case ASKED_TWICE ->
            operation.equals("link")
                ? new FileAlreadyExistsException(file)
                : new NoSuchFileException(file);
        case KILLED -> throw new Killed();
      };
    }
  }

  /** What a process does after SIGKILL: nothing. No exception, since those are handled. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  private final Kind kind;
  private final int at;
  private final AtomicInteger count = new AtomicInteger();
  private volatile String hit = "";

  /**
   * @param at which of the operations that this concerns, from 0
   */
  Fault(Kind kind, int at) {
    this.kind = kind;
    this.at = at;
  }

  /** Fails the next operation of this name, and no other. */
  static RecordingFileSystem.Interference once(String operation, IOException trouble) {
    AtomicReference<IOException> failure = new AtomicReference<>(trouble);
    return new RecordingFileSystem.Interference() {
      @Override
      public void before(String now, Path path) throws IOException {
        IOException e = now.equals(operation) ? failure.getAndSet(null) : null;
        if (e != null) {
          throw e;
        }
      }
    };
  }

  /** Shows each of these directories as it was, until another interference comes. */
  static RecordingFileSystem.Interference oldListings(Map<Path, List<Path>> names) {
    return new RecordingFileSystem.Interference() {
      @Override
      public List<Path> listed(Path directory, List<Path> now) {
        return names.getOrDefault(directory, now);
      }
    };
  }

  boolean isHit() {
    return !hit.isEmpty();
  }

  /** Whether counts must be right in spite of it: it befell neither a count nor an answer. */
  boolean concernsNoCounter() {
    return kind != Kind.ASKED_TWICE && !hit.contains("insertions") && !hit.contains("completions");
  }

  @Override
  public void before(String operation, Path path) throws IOException {
    if (!kind.isAfterwards()) {
      meet(operation, path);
    }
  }

  @Override
  public void after(String operation, Path path) throws IOException {
    if (kind.isAfterwards()) {
      meet(operation, path);
    }
  }

  private void meet(String operation, Path path) throws IOException {
    if (kind == Kind.KILLED && isHit()) {
      throw new Killed();
    }
    if (kind.concerns(operation) && count.getAndIncrement() == at) {
      hit = operation + " " + path.getFileName();
      throw kind.trouble(operation, path.toString());
    }
  }

  @Override
  public String toString() {
    return kind + " at " + at + (isHit() ? ": " + hit : "");
  }
}
