package dev.fq.file.record;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.spi.OutputLog;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the output of one worker's attempts, in a thread of its own: a slot only leaves it here.
 *
 * <p>A member of compressed output is appended to one file, and then its lines to another, the
 * index: so what the index names is there. Killed in between, a worker leaves a member that nobody
 * looks for. Both files are closed after each write, so that other hosts see them (NFS).
 */
final class OutputWriter implements OutputLog.Writer {

  private static final Logger log = LoggerFactory.getLogger(OutputWriter.class);

  /** About so much is compressed together, and decompressed to read a part of it. */
  private static final int MEMBER = 1 << 20;

  /** So much waits at most; slots that write more wait for the writer. */
  private static final long MOST = 64L << 20;

  /** How long a slot waits for a writer that is behind. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A pair of files of which one has this size is followed by another. */
  private static final long FILE_SIZE = 64L << 20;

  /** So is one of this age, so that old ones can be removed. */
  private static final Duration FILE_AGE = Duration.ofDays(1);

  /** How often to look how large the directory is. */
  private static final Duration MEASURING = Duration.ofMinutes(1);

  private final OutputDirectory directory;
  private final OutputLog.Keep which;
  private final OutputLog.Limits limits;
  private final Flusher flusher;

  /** How many bytes are to be written: an attempt counts them before anybody can take them. */
  private final AtomicLong waiting = new AtomicLong();

  // Guarded by this.
  private final Set<KeptAttempt> running = new LinkedHashSet<>();
  private final Queue<KeptAttempt> ended = new ArrayDeque<>();
  private long dropped;
  private boolean isClosed;
  private boolean isInTrouble;

  // Used by the thread alone.
  private final OutputTails tails;
  private @Nullable OutputBatch unwritten;
  private @Nullable Path data;
  private @Nullable Path index;
  private Instant filesBegun = Instant.EPOCH;
  private long dataSize;
  private long indexSize;
  private long measuredAt = System.nanoTime() - MEASURING.toNanos();
  private boolean isFull;

  @SuppressWarnings("ThisEscapedInObjectConstruction") // all its fields are set by then
  OutputWriter(OutputDirectory directory, OutputLog.Keep which, OutputLog.Limits limits) {
    this.directory = directory;
    this.which = which;
    this.limits = limits;
    this.tails = new OutputTails(directory);
    this.flusher = Flusher.start("fq-output", this::flush);
  }

  @Override
  public OutputLog.Sink begin(TaskId task, int attempt, Instant begun) {
    KeptAttempt sink = new KeptAttempt(task, attempt, begun, which, limits.perStream(), this);
    synchronized (this) {
      running.add(sink);
    }
    return sink;
  }

  /** So many bytes more are to be written. */
  void count(long bytes) {
    waiting.addAndGet(bytes);
  }

  /** Wakes the writer when there is much to write, and waits when there is too much. */
  void awaitRoom() {
    if (waiting.get() < MEMBER) {
      return;
    }
    synchronized (this) {
      if (!isInTrouble) {
        flusher.hurry();
      }
      if (waiting.get() > MOST) {
        awaitWriter();
      }
    }
  }

  private synchronized void awaitWriter() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      for (long rest = PATIENCE.toNanos();
          waiting.get() > MOST && !isInTrouble && !isClosed && rest > 0;
          rest = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, rest);
      }
    } catch (InterruptedException e) {
      // The task is to end, and not this writer.
      Thread.currentThread().interrupt();
    }
  }

  void hasEnded(KeptAttempt attempt) {
    boolean isRoom;
    synchronized (this) {
      running.remove(attempt);
      isRoom = waiting.get() <= MOST || !isInTrouble;
      if (isRoom) {
        ended.add(attempt);
      } else {
        dropped++;
      }
    }
    if (isRoom) {
      awaitRoom();
    } else {
      count(-attempt.drop());
    }
  }

  private void flush() {
    List<KeptAttempt> left;
    boolean isLast;
    synchronized (this) {
      left = new ArrayList<>(running);
      isLast = isClosed;
    }
    Queue<KeptAttempt> stillRunning = new ArrayDeque<>(left);
    OutputBatch batch = next(stillRunning, isLast);
    while (!batch.isEmpty() && isWritten(batch)) {
      unwritten = null;
      tails.remove(batch.ended());
      batch = next(stillRunning, isLast);
    }
    unwritten = batch.isEmpty() ? null : batch;
    if (unwritten == null && isLast) {
      // What of them was in a tail is in the files now, though they have not ended.
      tails.remove(left);
    } else if (unwritten == null && !isFull) {
      tails.write(left);
    }
  }

  /** The batch that could not be written, or about as much of these and those that have ended. */
  private OutputBatch next(Queue<KeptAttempt> stillRunning, boolean isLast) {
    OutputBatch before = unwritten;
    if (before != null) {
      return before;
    }
    OutputBatch batch = new OutputBatch();
    for (KeptAttempt attempt = next(stillRunning); attempt != null; attempt = next(stillRunning)) {
      KeptAttempt.Content content = attempt.take(isLast);
      if (content != null) {
        batch.add(attempt, content);
      }
      if (batch.size() >= MEMBER) {
        break;
      }
    }
    return batch;
  }

  private @Nullable KeptAttempt next(Queue<KeptAttempt> stillRunning) {
    synchronized (this) {
      KeptAttempt first = ended.poll();
      return first == null ? stillRunning.poll() : first;
    }
  }

  private boolean isWritten(OutputBatch batch) {
    boolean isDone = isWrittenOrFull(batch);
    synchronized (this) {
      isInTrouble = !isDone;
      if (isDone) {
        count(-batch.size());
      }
      notifyAll();
    }
    return isDone;
  }

  private boolean isWrittenOrFull(OutputBatch batch) {
    try {
      measure();
      if (isFull) {
        addDropped(batch.ended().size());
      } else {
        write(batch);
      }
      return true;
    } catch (IOException | RuntimeException e) {
      undo();
      if (unwritten == null) {
        log.warn("{}: output cannot be kept, trying again: {}", directory, e.toString());
      }
      return false;
    }
  }

  private synchronized void addDropped(long more) {
    dropped += more;
  }

  private void measure() throws IOException {
    long now = System.nanoTime();
    if (now - measuredAt < MEASURING.toNanos()) {
      return;
    }
    boolean wasFull = isFull;
    isFull = directory.size() >= limits.total();
    measuredAt = now;
    if (isFull && !wasFull) {
      log.warn(
          "{}: has its {} bytes, no more output is kept until some is removed (fq history --prune)",
          directory,
          limits.total());
    }
  }

  private void write(OutputBatch batch) throws IOException {
    Path members = data;
    Path lines = index;
    Instant now = directory.clock().instant();
    if (members == null
        || lines == null
        || Math.max(dataSize, indexSize) >= FILE_SIZE
        || filesBegun.plus(FILE_AGE).isBefore(now)
        || new WorkerFile(members, filesBegun).size() != dataSize
        || new WorkerFile(lines, filesBegun).size() != indexSize) {
      // RACE: when somebody prunes files that are in use, what the index says must not be of
      // others.
      filesBegun = now;
      Path name = directory.files().next(now);
      members = OutputDirectory.data(name);
      lines = OutputDirectory.index(name);
      data = members;
      index = lines;
      dataSize = 0;
      indexSize = 0;
    }
    byte[] member = batch.member();
    byte[] text = batch.lines(dataSize);
    if (member.length > 0) {
      directory.files().append(members, member);
    }
    directory.files().append(lines, text);
    dataSize += member.length;
    indexSize += text.length;
  }

  /**
   * Takes away what a full disk may have taken of a batch, which is written again. Where that
   * cannot be, the files end here: nothing may follow what may be half of something.
   */
  private void undo() {
    try {
      truncate(data, dataSize);
      truncate(index, indexSize);
    } catch (IOException e) {
      log.debug("{}: left as it is: {}", data, e.toString());
      data = null;
    }
  }

  private static void truncate(@Nullable Path file, long size) throws IOException {
    if (file != null) {
      try {
        AtomicFiles.truncate(file, size);
      } catch (IOException e) {
        if (size > 0 || !AtomicFiles.isGone(e)) {
          throw e;
        }
      }
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
      notifyAll();
    }
    flusher.close();
    long lost;
    synchronized (this) {
      lost = dropped + ended.size();
    }
    OutputBatch last = unwritten;
    lost += last == null ? 0 : last.ended().size();
    if (lost > 0) {
      log.warn("{}: the output of {} attempts is not kept", directory, lost);
    }
  }
}
