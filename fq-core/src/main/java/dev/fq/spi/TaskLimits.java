package dev.fq.spi;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a task itself says of its attempts; what it does not say is the worker's to decide. Stands
 * in the body of the task ({@link Envelope}) as {@code {"attempts": 3, "retryDelaySeconds": 60,
 * "timeoutSeconds": 600}}, each of which may be missing. Immutable; {@code
 * TaskLimits.none().attempts(3).timeout(…)}.
 */
public final class TaskLimits {

  private static final String ATTEMPTS = "attempts";
  private static final String RETRY_DELAY = "retryDelaySeconds";
  private static final String TIMEOUT = "timeoutSeconds";

  private static final TaskLimits NONE = new TaskLimits(null, null, null);

  private final @Nullable Integer attempts;
  private final @Nullable Duration retryDelay;
  private final @Nullable Duration timeout;

  private TaskLimits(
      @Nullable Integer attempts, @Nullable Duration retryDelay, @Nullable Duration timeout) {
    this.attempts = attempts;
    this.retryDelay = retryDelay;
    this.timeout = timeout;
  }

  /** The task says nothing. */
  public static TaskLimits none() {
    return NONE;
  }

  /**
   * The same, with so many attempts before the task is dead.
   *
   * @throws IllegalArgumentException if the count is below 1
   */
  public TaskLimits attempts(int count) {
    if (count < 1) {
      throw new IllegalArgumentException(ATTEMPTS + ": expected 1 or more, found " + count);
    }
    return new TaskLimits(count, retryDelay, timeout);
  }

  /**
   * The same, with about this time between the first failure and the next attempt; it doubles with
   * every other failure, up to the worker's longest delay. Rounded up to whole seconds.
   *
   * @throws IllegalArgumentException if the time is zero, negative, or above {@link
   *     Arguments#LONGEST}
   */
  public TaskLimits retryDelay(Duration time) {
    Arguments.positive("retry delay", time);
    return new TaskLimits(attempts, wholeSeconds(time), timeout);
  }

  /**
   * The same, with this time for each attempt. Rounded up to whole seconds.
   *
   * @throws IllegalArgumentException if the time is zero, negative, or above {@link
   *     Arguments#LONGEST}
   */
  public TaskLimits timeout(Duration time) {
    Arguments.positive("timeout", time);
    return new TaskLimits(attempts, retryDelay, wholeSeconds(time));
  }

  private static Duration wholeSeconds(Duration time) {
    return Duration.ofSeconds(time.getSeconds() + (time.getNano() > 0 ? 1 : 0));
  }

  /** These limits, and what they leave open from the others. */
  public TaskLimits or(TaskLimits others) {
    return new TaskLimits(
        attempts == null ? others.attempts : attempts,
        retryDelay == null ? others.retryDelay : retryDelay,
        timeout == null ? others.timeout : timeout);
  }

  /** How often the task is attempted before it is dead. */
  public OptionalInt attempts() {
    return attempts == null ? OptionalInt.empty() : OptionalInt.of(attempts);
  }

  /** How long after its first failure the task is attempted again. */
  public Optional<Duration> retryDelay() {
    return Optional.ofNullable(retryDelay);
  }

  /** How long an attempt may take. */
  public Optional<Duration> timeout() {
    return Optional.ofNullable(timeout);
  }

  /** Whether nothing is said. */
  public boolean isEmpty() {
    return attempts == null && retryDelay == null && timeout == null;
  }

  /** As JSON, spaced as python-task-queue does. */
  String json() {
    List<String> fields = new ArrayList<>();
    if (attempts != null) {
      fields.add(field(ATTEMPTS, attempts));
    }
    if (retryDelay != null) {
      fields.add(field(RETRY_DELAY, retryDelay.toSeconds()));
    }
    if (timeout != null) {
      fields.add(field(TIMEOUT, timeout.toSeconds()));
    }
    return "{" + String.join(", ", fields) + "}";
  }

  private static String field(String name, long value) {
    return "\"" + name + "\": " + value;
  }

  /**
   * Reads limits where the parser stands at their first token. Unknown keys are passed over.
   *
   * @throws InvalidPayloadException if one is not a whole number in its range
   */
  static TaskLimits read(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new InvalidPayloadException("limits: expected a JSON object");
    }
    TaskLimits limits = NONE;
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      try {
        limits =
            switch (key) {
              case ATTEMPTS -> limits.attempts((int) number(key, parser, Integer.MAX_VALUE));
              case RETRY_DELAY -> limits.retryDelay(seconds(key, parser));
              case TIMEOUT -> limits.timeout(seconds(key, parser));
              default -> limits;
            };
      } catch (IllegalArgumentException e) {
        throw new InvalidPayloadException("limits: " + e.getMessage(), e);
      }
      parser.skipChildren();
    }
    return limits;
  }

  private static Duration seconds(String key, JsonParser parser) throws IOException {
    return Duration.ofSeconds(number(key, parser, Arguments.LONGEST.toSeconds()));
  }

  private static long number(String key, JsonParser parser, long most) throws IOException {
    boolean isWhole =
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT
            && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    long value = isWhole ? parser.getLongValue() : 0;
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          key + ": expected a whole number from 1 to " + most + ", found " + parser.getText());
    }
    return value;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TaskLimits that && json().equals(that.json());
  }

  @Override
  public int hashCode() {
    return json().hashCode();
  }

  /** As JSON. */
  @Override
  public String toString() {
    return json();
  }
}
