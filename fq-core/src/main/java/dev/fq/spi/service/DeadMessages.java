package dev.fq.spi.service;

import dev.fq.spi.Envelope;
import dev.fq.spi.Failure;
import dev.fq.spi.NewTask;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Where a service keeps dead tasks. */
public interface DeadMessages {

  /**
   * Puts a task there, as it was.
   *
   * @param messageId the message that it was
   */
  void add(String body, String reason, int attempt, String messageId) throws IOException;

  /**
   * Shows every dead task once, hides it meanwhile, and gives back what is not to be deleted.
   *
   * @return how many were deleted
   */
  long visit(Visitor visitor) throws IOException;

  /** What to do with a dead task. */
  @FunctionalInterface
  interface Visitor {
    /** Whether to delete it. */
    boolean isToBeDeleted(Letter letter) throws IOException;
  }

  /** A dead task as it was received. */
  interface Letter {

    /** What the service calls the message. */
    String messageId();

    /** What it says. */
    String body();

    /** Why it is dead, as far as the message tells. */
    List<Failure> failures();

    /** The task's id; of a message that fq has not written, the message's. */
    default TaskId id() {
      return Envelope.id(body()).orElse(new TaskId(messageId()));
    }

    /**
     * The same task, to be sent once more.
     *
     * @throws dev.fq.spi.InvalidPayloadException if it cannot be read as a task
     */
    default NewTask task() throws IOException {
      return new NewTask(id(), Envelope.payload(body()), Duration.ZERO);
    }

    /** All that is known of it. */
    default TaskDetail detail() {
      TaskInfo info = new TaskInfo(id(), TaskState.DEAD, Instant.EPOCH, 0, null);
      return new TaskDetail(info, body(), failures());
    }
  }
}
