package dev.fq.spi;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The address of a queue: {@code scheme://place?option=value&…}. A text without {@code ://} is a
 * path of the file system and means {@code fq://} with the whole text as its place. Nothing is
 * percent-decoded, so a path with a question mark can be said as a path only.
 *
 * @param scheme which backend, in lower case as given
 * @param place which queue, in that backend's own form
 * @param options settings of this use of the queue, in the order given
 */
public record QueueUrl(String scheme, String place, Map<String, String> options) {

  private static final String SEPARATOR = "://";

  /**
   * @throws IllegalArgumentException if the scheme or the place is missing
   */
  public QueueUrl {
    if (scheme.isEmpty() || place.isEmpty()) {
      throw new IllegalArgumentException(
          "queue \"%s://%s\": expected SCHEME://PLACE or a path".formatted(scheme, place));
    }
    options = Map.copyOf(options);
  }

  /**
   * The address that this text is.
   *
   * @throws IllegalArgumentException if it has no place, or an option without a value
   */
  public static QueueUrl parse(String text) {
    int colon = text.indexOf(SEPARATOR);
    if (colon < 0) {
      return new QueueUrl("fq", text, Map.of());
    }
    String rest = text.substring(colon + SEPARATOR.length());
    int question = rest.indexOf('?');
    String place = question < 0 ? rest : rest.substring(0, question);
    String query = question < 0 ? "" : rest.substring(question + 1);
    return new QueueUrl(text.substring(0, colon), place, options(query, text));
  }

  private static Map<String, String> options(String query, String text) {
    Map<String, String> options = new LinkedHashMap<>();
    for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "queue \"%s\": expected option=value after the ?, found \"%s\"".formatted(text, pair));
      }
      options.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return options;
  }

  /** The same address with one more option. */
  public QueueUrl with(String option, String value) {
    Map<String, String> more = new LinkedHashMap<>(options);
    more.put(option, value);
    return new QueueUrl(scheme, place, more);
  }

  /**
   * An option that is on or off; off when it is not given.
   *
   * @throws IllegalArgumentException if it is neither {@code true} nor {@code false}
   */
  public boolean flag(String option) {
    String value = options.getOrDefault(option, "false");
    if (!value.equals("true") && !value.equals("false")) {
      throw new IllegalArgumentException(
          "queue \"%s\": option %s: expected true or false, found \"%s\""
              .formatted(this, option, value));
    }
    return value.equals("true");
  }

  /**
   * Passes when no option but these is given.
   *
   * @throws IllegalArgumentException naming the one that is not known
   */
  public void requireKnownOptions(Set<String> known) {
    for (String option : options.keySet()) {
      if (!known.contains(option)) {
        throw new IllegalArgumentException(
            "queue \"%s\": unknown option \"%s\"; %s:// knows %s"
                .formatted(this, option, scheme, known.isEmpty() ? "none" : known));
      }
    }
  }

  /** The address without its options. */
  @Override
  public String toString() {
    return scheme + SEPARATOR + place;
  }
}
