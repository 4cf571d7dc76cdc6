package dev.fq.spi;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where workers keep what tasks write, standard output and standard error apart, byte for byte.
 * Kept beside the queue: it changes no task, and trouble with it stops no worker.
 */
public interface OutputLog {

  /** Of which attempts the output is kept. */
  enum Keep {
    /** Of all; while an attempt runs, others can read what it wrote until a second ago. */
    ALL,
    /** Of those that did not complete, as soon as they have ended. */
    FAILED
  }

  /** The two outputs of a task. */
  enum Channel {
    OUT,
    ERR
  }

  /**
   * How much is kept.
   *
   * @param perStream how many bytes of each output of an attempt, the first and the last half; what
   *     is between them is left out
   * @param total how many bytes, compressed, the whole log may have; a log that has as many gets no
   *     more until some is removed
   */
  record Limits(long perStream, long total) {

    /** The most that {@link #perStream} may be: half of it is in the worker's memory. */
    public static final long MAX_PER_STREAM = 1L << 30;

    /** A mebibyte of each output, and 10 GiB altogether. */
    public static final Limits DEFAULT = new Limits(1 << 20, 10L << 30);

    /**
     * @throws IllegalArgumentException if a limit is less than 2 bytes, or that of a stream is more
     *     than {@link #MAX_PER_STREAM}
     */
    public Limits {
      if (perStream < 2 || perStream > MAX_PER_STREAM) {
        throw new IllegalArgumentException(
            "output limit: expected 2 to %s bytes, found %s".formatted(MAX_PER_STREAM, perStream));
      }
      if (total < 2) {
        throw new IllegalArgumentException(
            "output limit of a queue: expected 2 bytes or more, found " + total);
      }
    }
  }

  /** What one worker keeps. */
  interface Writer extends Closeable {

    /**
     * An attempt has begun, and may write from now on.
     *
     * @param attempt which attempt it is, from 1
     * @param begun when the worker had leased the task; tells attempts with the same number apart
     */
    Sink begin(TaskId task, int attempt, Instant begun);

    /** Writes what is left, as far as that can be. */
    @Override
    void close();
  }

  /** Takes the output of one attempt. */
  interface Sink {

    /** Keeps nothing. */
    Sink NONE =
        new Sink() {
          @Override
          public OutputStream stream(Channel channel) {
            return OutputStream.nullOutputStream();
          }

          @Override
          public void ended(TaskOutcome outcome) {}

          @Override
          public boolean keeps() {
            return false;
          }
        };

    /**
     * Takes the bytes that the attempt writes. Waits for no file, but for a writer that is behind
     * and not in trouble; throws nothing. What comes after the end is dropped.
     */
    OutputStream stream(Channel channel);

    /** The attempt has ended, and writes nothing more. */
    void ended(TaskOutcome outcome);

    /** Whether it is worth giving it something. */
    default boolean keeps() {
      return true;
    }
  }

  /** Begins to keep output. Nothing is made before the first attempt writes or ends. */
  Writer writer(Keep which, Limits limits);

  /** Looks for what is kept of this task. */
  Search search(TaskId task);

  /** What is kept of one task, as it grows. */
  interface Search {

    /**
     * The attempts whose output is kept, by the time of their begin. Called again it reads only
     * what has come since.
     */
    List<Output> attempts() throws IOException;
  }

  /** What is kept of one attempt. */
  interface Output {

    /** Which attempt it was, from 1; a number comes again when a lease was given back. */
    int attempt();

    /** When its worker had leased the task, by the worker's clock. */
    Instant begun();

    /** What became of it; empty while it runs, and for ever when its worker was killed. */
    Optional<TaskOutcome> result();

    /**
     * The kept parts of one of its outputs, in order, lazily. Trouble on the way comes as {@link
     * java.io.UncheckedIOException}.
     *
     * @param from at which byte of what the attempt wrote to begin
     */
    Stream<Part> read(Channel channel, long from);
  }

  /**
   * A part of an output.
   *
   * @param from at which byte of what the attempt wrote it begins; what is between it and the part
   *     before was left out
   */
  @SuppressWarnings("ArrayRecordComponent") // made for one reader, and compared by nobody
  record Part(long from, byte[] bytes) {}

  /**
   * Removes files to which nothing was written since this time, and what they keep.
   *
   * @return how many
   */
  long prune(Instant before) throws IOException;
}
