package dev.fq.spi.service;

import dev.fq.spi.Envelope;
import dev.fq.spi.TaskId;
import java.io.IOException;

/** A message as a service has handed it out. */
public interface Delivery {

  /** What the service calls the message. */
  String messageId();

  /** What the service calls this delivery, by which it is extended and ended. */
  String handle();

  /** Which attempt it is, from 1. */
  int attempt();

  /** What it says; U+FFFD for what is not UTF-8. */
  String body();

  /** Whether it is UTF-8. */
  boolean isText();

  /** Puts a copy of it among the dead. */
  void addToDead(String reason) throws IOException;

  /** The task's id; of a message that fq has not written, the message's. */
  default TaskId id() {
    return Envelope.id(body()).orElse(new TaskId(messageId()));
  }
}
