package dev.fq.file.format;

import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One name in {@code queue/}: the state of one task. The grammar is in the package's description.
 * How much of a state its name says is the business of {@link Names}.
 *
 * @param fileName the name as it is on disk
 * @param due Unix seconds
 * @param attempt how many attempts have been used up, that of a lease among them
 * @param holder who leased it last, whoever has it now; null when nobody is known to have
 */
public record TaskName(String fileName, long due, TaskId id, int attempt, @Nullable String holder) {

  private static final String SUFFIX = ".json";
  private static final String SEPARATOR = "--";
  private static final int MAX_DUE_DIGITS = 12;
  private static final int MAX_ATTEMPT_DIGITS = 9;

  /** The highest number in the grammar; counting stops there. */
  private static final int MAX_ATTEMPT = 999_999_999;

  /** The state that this file name says, or null when it is not a task's. */
  public static @Nullable TaskName parse(String fileName) {
    int idStart = fileName.indexOf(SEPARATOR) + SEPARATOR.length();
    int end = fileName.length() - SUFFIX.length();
    if (idStart < SEPARATOR.length() || end <= idStart || !fileName.endsWith(SUFFIX)) {
      return null;
    }
    long due = number(fileName, 0, idStart - SEPARATOR.length(), MAX_DUE_DIGITS);
    int idEnd = indexOfDot(fileName, idStart, end);
    String id = fileName.substring(idStart, idEnd);
    if (due < 0 || !TaskId.isValid(id)) {
      return null;
    }
    return idEnd == end
        ? new TaskName(fileName, due, new TaskId(id), 0, null)
        : leasedBefore(fileName, due, new TaskId(id), idEnd + 1, end);
  }

  private static @Nullable TaskName leasedBefore(
      String fileName, long due, TaskId id, int attemptStart, int end) {
    int attemptEnd = indexOfDot(fileName, attemptStart, end);
    int attempt = (int) number(fileName, attemptStart, attemptEnd, MAX_ATTEMPT_DIGITS);
    if (attempt < 0) {
      return null;
    }
    if (attemptEnd == end) {
      return attempt == 0 ? null : new TaskName(fileName, due, id, attempt, null);
    }
    String holder = fileName.substring(attemptEnd + 1, end);
    return Holders.isValid(holder) ? new TaskName(fileName, due, id, attempt, holder) : null;
  }

  private static int indexOfDot(String text, int from, int end) {
    int dot = text.indexOf('.', from);
    return dot < 0 || dot > end ? end : dot;
  }

  /**
   * The decimal number in this range, or -1 when it is not one of 1 to {@code maxDigits} digits.
   */
  private static long number(String text, int from, int to, int maxDigits) {
    if (to <= from || to - from > maxDigits) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /** The name of a task that nobody has leased yet. */
  public static TaskName fresh(TaskId id, long due) {
    return of(due, id, 0, null);
  }

  /** The name that this task gets when it is leased once more, by this holder. */
  public TaskName leased(long until, String by) {
    return of(until, id, Math.min(attempt + 1, MAX_ATTEMPT), by);
  }

  /** The name of a task that comes in anew, such as no other has that has this holder's nonce. */
  public static TaskName arrived(TaskId id, String by) {
    return of(0, id, 0, by);
  }

  /** The name that this lease gets when it is renewed. */
  public TaskName renewed(long until) {
    return of(until, id, attempt, holder);
  }

  /**
   * The name that this lease gets when it is given back: it is waiting, the attempt is not used up,
   * and the holder tells the attempt that it was.
   */
  TaskName released() {
    return of(0, id, Math.max(attempt - 1, 0), holder);
  }

  /** The name that this task gets when its attempt has failed, and it is to wait until then. */
  public TaskName unleased(long until) {
    return of(until, id, attempt, null);
  }

  /** The same file, of which more is known than its name says. */
  public TaskName as(int knownAttempt, @Nullable String knownHolder) {
    return new TaskName(fileName, due, id, knownAttempt, knownHolder);
  }

  /** The same state under a name that says when it is due and no more. */
  public TaskName plain() {
    return new TaskName(due + SEPARATOR + id.value() + SUFFIX, due, id, attempt, holder);
  }

  /** The same state under a name that says all. */
  TaskName full() {
    return of(due, id, attempt, holder);
  }

  private static TaskName of(long due, TaskId id, int attempt, @Nullable String holder) {
    StringBuilder name = new StringBuilder(128).append(due).append(SEPARATOR).append(id.value());
    if (attempt > 0 || holder != null) {
      name.append('.').append(attempt);
    }
    if (holder != null) {
      name.append('.').append(holder);
    }
    return new TaskName(name.append(SUFFIX).toString(), due, id, attempt, holder);
  }

  public boolean isDue(long now) {
    return due <= now;
  }

  TaskState state(long now) {
    if (isDue(now)) {
      return TaskState.WAITING;
    }
    return holder == null ? TaskState.DELAYED : TaskState.LEASED;
  }

  TaskInfo info(long now) {
    String leasedBy = due == 0 ? null : holder;
    return new TaskInfo(id, state(now), Instant.ofEpochSecond(due), attempt, leasedBy);
  }

  /** Whether an attempt has ended that may have left a reason; the one that is leased has not. */
  boolean mayHaveFailed() {
    return holder == null ? attempt > 0 : attempt > 1;
  }

  /**
   * Whether the other name is this very attempt, given back or with another due. Its holder says so
   * and not its number, which comes again when an attempt is given back or a dead task retried.
   */
  boolean isSameAttempt(TaskName other) {
    return id.equals(other.id) && holder != null && holder.equals(other.holder);
  }
}
