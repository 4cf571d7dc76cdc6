package dev.fq.spi;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How many tasks of a queue may be worked on, over all hosts.
 *
 * @param running at most so many at a time; null when that is not limited
 * @param pace no more begin than this says; null when that is not limited
 */
public record Limit(@Nullable Integer running, @Nullable Pace pace) {

  /**
   * So many tasks in such a time, evenly.
   *
   * @param tasks 1 to 1,000,000
   * @param unit a second, a minute or an hour
   */
  public record Pace(int tasks, Duration unit) {

    private static final int MOST = 1_000_000;
    private static final Pattern FORM = Pattern.compile("(\\d{1,7})/([smh])");

    /**
     * @throws IllegalArgumentException if a number is out of its range
     */
    public Pace {
      if (tasks < 1 || tasks > MOST) {
        throw new IllegalArgumentException(
            "rate: expected 1 to %s tasks, found %s".formatted(MOST, tasks));
      }
      letter(unit);
    }

    /**
     * The pace that this text is: {@code 5/s}, {@code 100/m} or {@code 1000/h}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Pace parse(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new IllegalArgumentException(
            "rate: expected a number of tasks and /s, /m or /h, like 5/s, found \"%s\""
                .formatted(text));
      }
      Duration unit =
          switch (form.group(2)) {
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            default -> Duration.ofHours(1);
          };
      return new Pace(Integer.parseInt(form.group(1)), unit);
    }

    private static char letter(Duration unit) {
      if (unit.equals(Duration.ofSeconds(1))) {
        return 's';
      }
      if (unit.equals(Duration.ofMinutes(1))) {
        return 'm';
      }
      if (unit.equals(Duration.ofHours(1))) {
        return 'h';
      }
      throw new IllegalArgumentException(
          "rate: expected tasks in a second, a minute or an hour, found " + unit);
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
      return tasks + "/" + letter(unit);
    }
  }

  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  /**
   * @throws IllegalArgumentException if nothing is limited, or to less than 1
   */
  public Limit {
    if (running == null && pace == null) {
      throw new IllegalArgumentException("limit: expected a number of tasks, a rate, or both");
    }
    if (running != null && running < 1) {
      throw new IllegalArgumentException(
          "limit: expected 1 task or more at a time, found " + running);
    }
  }

  /**
   * The limit that this text is: a number of tasks, a pace, or both, with space between.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Limit parse(String text) {
    Integer running = null;
    Pace pace = null;
    for (String word : text.strip().split("\\s+", -1)) {
      if (NUMBER.matcher(word).matches() && running == null) {
        running = Integer.valueOf(word);
      } else if (word.indexOf('/') > 0 && pace == null) {
        pace = Pace.parse(word);
      } else {
        throw new IllegalArgumentException(
            "expected a number of tasks like 20, a rate like 5/s, or both, found \"%s\""
                .formatted(text.strip()));
      }
    }
    return new Limit(running, pace);
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    String begin = pace == null ? "" : pace.toString();
    return running == null ? begin : (running + " " + begin).strip();
  }
}
