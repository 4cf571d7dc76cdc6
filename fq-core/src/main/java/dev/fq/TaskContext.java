package dev.fq;

import dev.fq.spi.Lease;
import dev.fq.spi.OutputLog;
import dev.fq.spi.OutputLog.Channel;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a task that is executed can know of its place in the queue, and of its worker. */
public final class TaskContext {

  private static final Logger log = LoggerFactory.getLogger(TaskContext.class);

  private static final Duration LOCAL_GRACE = Duration.ofSeconds(2);

  private final HeldTask task;
  private final Queues queues;
  private final Map<String, Object> values;
  private final Duration grace;

  // Guarded by this.
  private final Map<Channel, TaskOutput> outputs = new EnumMap<>(Channel.class);

  /** Where tasks put other tasks. */
  interface Queues {
    /** The parent's own queue. */
    ChildQueue own(TaskId parent);

    /** Another, by its address. */
    ChildQueue at(String address, TaskId parent) throws IOException;
  }

  /**
   * @param grace how long what runs beyond its time may take to end
   */
  TaskContext(HeldTask task, Queues queues, Map<String, Object> values, Duration grace) {
    this.task = task;
    this.queues = queues;
    this.values = values;
    this.grace = grace;
  }

  /** The context of a task that no queue holds: one attempt, for ever. */
  static TaskContext local(TaskId id, Payload payload, Queues queues, Map<String, Object> values) {
    Lease lease = new Lease(id, payload, 1, Instant.MAX, "");
    return new TaskContext(new HeldTask(lease, Instant.MAX), queues, values, LOCAL_GRACE);
  }

  public TaskId id() {
    return task.lease().id();
  }

  public Payload payload() {
    return task.lease().payload();
  }

  /** Which attempt this is, from 1. */
  public int attempt() {
    return task.lease().attempt();
  }

  /** The slot that this attempt runs in, from 1; no two run in one at a time. 0 where none are. */
  public int slot() {
    return notes().slot();
  }

  /** How many of the worker's slots this attempt takes, see {@link WorkerQueue#slots}. */
  public int slots() {
    return task.grant().slots();
  }

  /**
   * How many bytes of the worker's memory this attempt takes, see {@link WorkerQueue#memory}; 0
   * when that is not said.
   */
  public long memory() {
    return task.grant().memory();
  }

  /** The devices that this attempt has to itself, by name, see {@link WorkerQueue#gpus}. */
  public List<String> gpus() {
    return task.grant().gpus();
  }

  /** Whether this attempt is to see no device but {@link #gpus its own}. */
  boolean areGpusShared() {
    return task.grant().areGpusShared();
  }

  /**
   * The queue of this task, to put other tasks into. In a {@link LocalTaskQueue} those are executed
   * at once.
   */
  public ChildQueue queue() {
    return queues.own(id());
  }

  /**
   * Another queue to put tasks into; it stays open until the worker ends.
   *
   * @throws dev.fq.spi.NoQueueException if there is none at this address; none is made
   * @throws IllegalArgumentException if the address is not understood
   * @throws UnsupportedOperationException in a {@link LocalTaskQueue}
   */
  public ChildQueue queue(String address) throws IOException {
    return queues.at(address, id());
  }

  /**
   * Until when the task is leased; moves on as the worker renews the lease. {@link Instant#MAX} in
   * a {@link LocalTaskQueue}.
   */
  public Instant deadline() {
    return task.lease().deadline();
  }

  /**
   * Whether the lease was lost, so that another may be working on this task: then stop. The thread
   * was interrupted too, but that may have been swallowed on the way.
   */
  public boolean isLeaseLost() {
    return task.isLost();
  }

  /** Whether the attempt has taken longer than it may, and is to end within {@link #grace}. */
  boolean isTimedOut() {
    return task.isTimedOut();
  }

  /** Whether the worker must end, or another may be working on the task: there is no time left. */
  boolean mustHurry() {
    return task.isLost() || task.isAbandoned();
  }

  AttemptNotes notes() {
    return task.notes();
  }

  Duration grace() {
    return grace;
  }

  /**
   * Standard output of this attempt: goes to the worker's own, line by line, and to where the
   * worker {@link WorkerBuilder#keepOutput keeps} output. In UTF-8.
   */
  public PrintStream out() {
    return stream(Channel.OUT, output().orElse(System.out));
  }

  /** Standard error of this attempt, as {@link #out}. */
  public PrintStream err() {
    return stream(Channel.ERR, System.err);
  }

  /**
   * What this attempt returns; the last call counts. A worker that records outcomes writes it down
   * before it completes the task, for {@link TaskQueue#results} and {@code fq results}; elsewhere
   * it is dropped.
   *
   * @param value what a field of a task may be, see {@code docs/tasks.md}
   * @throws TaskFailedException if JSON cannot say it, or not in {@link TaskResult#MAX_BYTES} bytes
   */
  public void result(@Nullable Object value) throws TaskFailedException {
    String json;
    try {
      json = TaskJson.write("its result", value);
    } catch (IllegalArgumentException e) {
      throw new TaskFailedException(String.valueOf(e.getMessage()));
    }
    // In ASCII, so that a character is a byte.
    if (json.length() > TaskResult.MAX_BYTES) {
      throw new TaskFailedException(
          "its result: expected at most %s bytes of JSON, found %s"
              .formatted(TaskResult.MAX_BYTES, json.length()));
    }
    notes().result(json);
  }

  private synchronized PrintStream stream(Channel channel, OutputStream to) {
    boolean isPrefixed = value(CommandTask.PREFIX_OUTPUT, Boolean.class).orElse(false);
    TaskOutput output =
        outputs.computeIfAbsent(
            channel,
            each -> new TaskOutput(to, kept().stream(channel), isPrefixed ? id() + ": " : ""));
    return new PrintStream(output, true, StandardCharsets.UTF_8);
  }

  /** Passes on what is left of the outputs' last lines. */
  synchronized void endOutput() {
    for (TaskOutput output : outputs.values()) {
      try {
        output.end();
      } catch (IOException e) {
        log.debug("the output of task {} cannot be written: {}", id(), e.toString());
      }
    }
  }

  /** Where the task's output has to go too. */
  OutputLog.Sink kept() {
    return task.kept();
  }

  /** Where the task's output has to go; empty when standard output will do. */
  Optional<OutputStream> output() {
    return Optional.ofNullable(task.turn());
  }

  /**
   * What the worker was started with under this name, such as a connection that all tasks share;
   * empty when nothing.
   *
   * @throws IllegalArgumentException if it is of another type
   */
  public <T> Optional<T> value(String name, Class<T> type) {
    Object value = values.get(name);
    if (value != null && !type.isInstance(value)) {
      throw new IllegalArgumentException(
          "the worker's value \"%s\": expected %s, found %s"
              .formatted(name, type.getName(), value.getClass().getName()));
    }
    return Optional.ofNullable(value).map(type::cast);
  }
}
