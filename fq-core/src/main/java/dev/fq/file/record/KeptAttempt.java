package dev.fq.file.record;

import dev.fq.spi.OutputLog;
import dev.fq.spi.OutputLog.Channel;
import dev.fq.spi.OutputLog.Keep;
import dev.fq.spi.OutputLog.Part;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes what one attempt writes, until the worker's {@link OutputWriter} takes it from here. */
final class KeptAttempt implements OutputLog.Sink {

  /**
   * What is to be written of an attempt.
   *
   * @param result null when there may come more
   */
  record Content(Map<Channel, List<Part>> parts, @Nullable TaskOutcome result) {}

  private final TaskId task;
  private final int attempt;
  private final Instant begun;
  private final Keep which;
  private final OutputWriter writer;

  // Guarded by this.
  private final Map<Channel, KeptStream> streams = new EnumMap<>(Channel.class);
  private @Nullable TaskOutcome result;
  private boolean isDropped;
  private long totalAtLastTail;

  KeptAttempt(
      TaskId task, int attempt, Instant begun, Keep which, long limit, OutputWriter writer) {
    this.task = task;
    this.attempt = attempt;
    this.begun = begun;
    this.which = which;
    this.writer = writer;
    for (Channel channel : Channel.values()) {
      streams.put(channel, new KeptStream(limit));
    }
  }

  TaskId task() {
    return task;
  }

  OutputLine line(List<OutputPiece> pieces, @Nullable TaskOutcome outcome) {
    return new OutputLine(task, attempt, begun, pieces, outcome);
  }

  @Override
  public OutputStream stream(Channel channel) {
    return new OutputStream() {
      @Override
      public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        accept(channel, bytes, offset, length);
      }
    };
  }

  private void accept(Channel channel, byte[] bytes, int offset, int length) {
    synchronized (this) {
      if (result == null) {
        int first = stream(streams, channel).write(bytes, offset, length);
        writer.count(which == Keep.ALL ? first : 0);
      }
    }
    writer.awaitRoom();
  }

  private static KeptStream stream(Map<Channel, KeptStream> streams, Channel channel) {
    return Objects.requireNonNull(streams.get(channel));
  }

  @Override
  public void ended(TaskOutcome outcome) {
    synchronized (this) {
      if (result != null) {
        return;
      }
      result = outcome;
      isDropped = which == Keep.FAILED && outcome == TaskOutcome.COMPLETED;
      if (isDropped) {
        streams.clear();
      }
      for (KeptStream stream : streams.values()) {
        writer.count(stream.tailSize() + (which == Keep.FAILED ? stream.headSize() : 0));
      }
    }
    writer.hasEnded(this);
  }

  /**
   * What it has is not kept.
   *
   * @return how many bytes that is
   */
  synchronized long drop() {
    long bytes =
        streams.values().stream().mapToLong(each -> each.headSize() + each.tailSize()).sum();
    isDropped = true;
    streams.clear();
    return bytes;
  }

  /**
   * What there is to write by now, once; null when there is nothing.
   *
   * @param isLast whether nobody will ask again
   */
  synchronized @Nullable Content take(boolean isLast) {
    if (isDropped || (which == Keep.FAILED && result == null)) {
      return null;
    }
    Map<Channel, List<Part>> parts = new EnumMap<>(Channel.class);
    streams.forEach(
        (channel, stream) -> {
          List<Part> own = new ArrayList<>();
          addTo(own, stream.takeHead());
          addTo(own, result != null || isLast ? stream.tail() : null);
          if (!own.isEmpty()) {
            parts.put(channel, own);
          }
        });
    if (parts.isEmpty() && result == null) {
      return null;
    }
    if (result != null || isLast) {
      isDropped = true;
    }
    return new Content(parts, result);
  }

  /** The last bytes of a long output, while it grows; null when they are as they were. */
  synchronized @Nullable Content takeTails() {
    long total = streams.values().stream().mapToLong(KeptStream::total).sum();
    if (isDropped || which == Keep.FAILED || result != null || total == totalAtLastTail) {
      return null;
    }
    Map<Channel, List<Part>> parts = new EnumMap<>(Channel.class);
    streams.forEach(
        (channel, stream) -> {
          Part tail = stream.tail();
          if (tail != null) {
            parts.put(channel, List.of(tail));
          }
        });
    totalAtLastTail = total;
    return parts.isEmpty() ? null : new Content(parts, null);
  }

  private static void addTo(List<Part> parts, @Nullable Part part) {
    if (part != null) {
      parts.add(part);
    }
  }

  @Override
  public String toString() {
    return "attempt " + attempt + " at task " + task;
  }
}
