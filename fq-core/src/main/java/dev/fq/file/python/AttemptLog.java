package dev.fq.file.python;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fq.file.format.FailureJson;
import dev.fq.file.format.TaskName;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What fq's workers have done with a task, by the lines of its log: where a name cannot say it. The
 * steps of workers of python-task-queue are not in it.
 *
 * <p>No two leases of a task may have the same due: each takes a second that no earlier one had, by
 * this log. Rejected: leading zeros in the due, which Python would read; counting attempts by the
 * lines of {@code movement/ID}, since renewals and releases are lines too.
 */
public final class AttemptLog {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String ATTEMPT = "attempt";
  private static final String HOLDER = "holder";
  private static final String AT = "at";
  private static final String LEASED = "leased";
  private static final String DELAYED = "delayed";
  private static final String REASON = "reason";
  private static final String RELEASED = "released";

  private int attempt;
  private @Nullable String holder;
  private boolean failed;
  private final Set<Long> leased = new HashSet<>();
  private final Set<Long> delayed = new HashSet<>();

  // Of all attempts but the last one.
  private final Set<Long> leasedBefore = new HashSet<>();
  private final Set<String> holdersBefore = new HashSet<>();

  private AttemptLog() {}

  /** What these lines say; those that are none of it are passed over. */
  public static AttemptLog of(List<String> lines) {
    AttemptLog log = new AttemptLog();
    lines.forEach(line -> log.add(json(line)));
    return log;
  }

  private static JsonNode json(String line) {
    try {
      return MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      // Half a line, of a process that was killed.
      return MissingNode.getInstance();
    }
  }

  private void add(JsonNode line) {
    if (line.has(FailureJson.REVIVED)) {
      begin(0, null);
      return;
    }
    int of = line.path(ATTEMPT).asInt();
    String by = line.path(HOLDER).asText();
    if (of > attempt && !by.equals(holder) && !holdersBefore.contains(by)) {
      begin(of, by);
    }
    boolean isOfLast = by.equals(holder);
    failed |= line.has(REASON) && isOfLast;
    if (line.has(LEASED)) {
      // RACE: who has lost the task may write that he renews it, and then cannot.
      (isOfLast ? leased : leasedBefore).add(line.path(LEASED).asLong());
    }
    if (line.has(DELAYED) && isOfLast) {
      delayed.add(line.path(DELAYED).asLong());
    }
    if (line.has(RELEASED) && isOfLast && of == attempt && !failed) {
      attempt--;
    }
  }

  private void begin(int number, @Nullable String by) {
    if (holder != null && !holder.isEmpty()) {
      holdersBefore.add(holder);
    }
    attempt = number;
    holder = by;
    failed = false;
    leasedBefore.addAll(leased);
    leased.clear();
    delayed.clear();
  }

  /** A line that says that a dead task is as new: its attempts count from 1 again. */
  static String revival(Instant at) {
    return MAPPER
        .createObjectNode()
        .put(ATTEMPT, 0)
        .put(HOLDER, "")
        .put(AT, at.toString())
        .put(FailureJson.REVIVED, true)
        .toString();
  }

  /** A line that says that this lease is given back, and that its attempt is not used up. */
  static String release(TaskName leased, Instant at) {
    return MAPPER
        .createObjectNode()
        .put(ATTEMPT, leased.attempt())
        .put(HOLDER, leased.holder())
        .put(AT, at.toString())
        .put(RELEASED, true)
        .toString();
  }

  /** A line that says this of a task: it is leased or, without a holder, delayed. */
  public static String line(TaskName state, String holder, Instant at) {
    ObjectNode line =
        MAPPER
            .createObjectNode()
            .put(ATTEMPT, state.attempt())
            .put(HOLDER, holder)
            .put(AT, at.toString());
    return line.put(state.holder() == null ? DELAYED : LEASED, state.due()).toString();
  }

  /** Whether the last attempt has failed, and so is over. */
  boolean hasFailed() {
    return failed;
  }

  /**
   * How many attempts fq's workers have used up since the task was last retried from among the
   * dead.
   */
  public int attempt() {
    return attempt;
  }

  /** Who of them did so last; null when none has. */
  @Nullable String holder() {
    return holder;
  }

  /** Whether the last attempt was leased until then. */
  boolean isLeasedUntil(long due) {
    return leased.contains(due);
  }

  /** Whether the last attempt failed, and the task is to be tried again then. */
  boolean isDelayedUntil(long due) {
    return delayed.contains(due);
  }

  /**
   * The first time from this one on until which the last attempt's lease can be renewed: one that
   * the attempt did not have as a delay, nor any attempt before it as a lease. A name says no more
   * than its time, and who has lost a lease must not find its name again.
   */
  long unusedByOthers(long due) {
    long unused = due;
    while (leasedBefore.contains(unused) || delayed.contains(unused)) {
      unused++;
    }
    return unused;
  }

  /** The first time from this one on, by this step, until which nobody has ever leased the task. */
  long unused(long due, int step) {
    long unused = due;
    while (leasedBefore.contains(unused) || leased.contains(unused)) {
      unused += step;
    }
    return unused;
  }
}
