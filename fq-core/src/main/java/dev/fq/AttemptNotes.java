package dev.fq;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a worker notes of one attempt, for those who are told of its outcome. Written by the thread
 * that works on the task, and read by the one that ends it.
 */
final class AttemptNotes {

  private static final TaskSummary NOTHING = new TaskSummary("", null);

  private @Nullable Instant begun;
  private TaskSummary task = NOTHING;
  private int slot;
  private @Nullable Integer exitCode;
  private long peakMemory;
  private @Nullable Throwable failure;
  private boolean isResultKept;
  private @Nullable String result;

  /** The attempt at this task has begun. */
  synchronized void begun(Instant at, TaskSummary what) {
    begun = at;
    task = what;
  }

  /** Whether somebody is told of its outcome: else what costs something need not be found out. */
  synchronized boolean isTold() {
    return begun != null;
  }

  /** Null when nobody is told of it. */
  synchronized @Nullable Instant begun() {
    return begun;
  }

  synchronized TaskSummary task() {
    return task;
  }

  /** The slot that the attempt runs in, from 1. */
  synchronized void slot(int number) {
    slot = number;
  }

  synchronized int slot() {
    return slot;
  }

  synchronized void exitCode(int code) {
    exitCode = code;
  }

  synchronized @Nullable Integer exitCode() {
    return exitCode;
  }

  /** So many bytes of memory a process of the command was seen to have used at most. */
  synchronized void memory(long bytes) {
    peakMemory = Math.max(peakMemory, bytes);
  }

  synchronized @Nullable Long peakMemory() {
    return peakMemory == 0 ? null : peakMemory;
  }

  /** Somebody keeps what the attempt returns. */
  synchronized void keepResult() {
    isResultKept = true;
  }

  synchronized boolean isResultKept() {
    return isResultKept;
  }

  /** The attempt returns this, as JSON. */
  synchronized void result(String json) {
    result = json;
  }

  /** Null when it returns nothing. */
  synchronized @Nullable String result() {
    return result;
  }

  synchronized void failure(@Nullable Throwable thrown) {
    failure = thrown;
  }

  synchronized @Nullable Throwable failure() {
    return failure;
  }
}
