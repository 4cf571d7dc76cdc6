package dev.fq.spi;

import com.github.f4b6a3.uuid.UuidCreator;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The name of one task, unique in its queue: 1 to 64 characters of {@code A-Z a-z 0-9 - _}, so that
 * it can be part of a file name everywhere.
 */
public record TaskId(String value) implements Comparable<TaskId> {

  private static final Pattern FORM_OF_UUID =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  /** The version of UUIDs that begin with a time (RFC 9562, section 5.7). */
  private static final int TIME_ORDERED = 7;

  /** Of what {@link #ofText} makes; never changes, or tasks were not known again. */
  private static final UUID NAMESPACE = UUID.fromString("5d0c6f6e-3c5b-4f0e-9d5c-6c1f0b6f7a11");

  private static final int MAX_LENGTH = 64;

  /**
   * @throws IllegalArgumentException if the value is empty, too long, or has another character
   */
  public TaskId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "task id \"" + value + "\": expected 1 to 64 characters of A-Z a-z 0-9 - _");
    }
  }

  /**
   * A fresh UUIDv7 (RFC 9562, section 5.7): ids of one process sort in the order of creation. Those
   * of one millisecond count on from a random number (section 6.2, method 2), since a question to
   * the system's random generator for each costs more than the rest of the id.
   */
  public static TaskId next() {
    return new TaskId(UuidCreator.getTimeOrderedEpochPlus1().toString());
  }

  /**
   * The same id for the same text, and another for another: a UUIDv5 (RFC 9562, section 5.5) in a
   * namespace of fq's own.
   */
  public static TaskId ofText(String text) {
    return new TaskId(UuidCreator.getNameBasedSha1(NAMESPACE, text).toString());
  }

  /**
   * When the id was made, as far as it tells: a UUIDv7 has the time, in milliseconds, in front.
   * Empty for another id.
   */
  public Optional<Instant> time() {
    if (!FORM_OF_UUID.matcher(value).matches()) {
      return Optional.empty();
    }
    UUID uuid = UUID.fromString(value);
    return uuid.version() == TIME_ORDERED
        ? Optional.of(Instant.ofEpochMilli(uuid.getMostSignificantBits() >>> 16))
        : Optional.empty();
  }

  /** Whether the value can be a task's id. */
  public static boolean isValid(String value) {
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      if (!isSafe(value.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether a task's id may have this character. */
  public static boolean isSafe(char c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '-'
        || c == '_';
  }

  @Override
  public int compareTo(TaskId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
