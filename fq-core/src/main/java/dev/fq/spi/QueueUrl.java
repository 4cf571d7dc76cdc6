package dev.fq.spi;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The address of a queue: {@code scheme://place?option=value&…}. A text that does not begin with a
 * scheme and {@code ://} is a path of the file system, and means {@code fq://} with the whole text
 * as its place. After {@code fq://} a path has {@code %3F} for a question mark, {@code %25} for a
 * percent sign, and may have any byte of UTF-8 so (RFC 3986, section 2.1); other backends' places
 * are taken as they are.
 *
 * @param scheme which backend, in lower case
 * @param place which queue, in that backend's own form, decoded
 * @param options settings of this use of the queue, in the order given
 */
public record QueueUrl(String scheme, String place, Map<String, String> options) {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final String FILES = "fq";
  private static final String SEPARATOR = "://";

  /** RFC 3986, section 3.1. */
  private static final Pattern URL = Pattern.compile("(?s)([A-Za-z][A-Za-z0-9+.-]*|)://.*");

  /** What begins like an address, and is none. */
  private static final Pattern ALMOST_URL =
      Pattern.compile("(?is)([a-z]{2,}:/[^/].*|(fq|sqs|pubsub):.*)");

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
   * @throws IllegalArgumentException if it has no place, an option without a value, or a {@code %}
   *     that begins no byte; or looks like an address and is none
   */
  public static QueueUrl parse(String text) {
    if (!URL.matcher(text).matches()) {
      if (ALMOST_URL.matcher(text).matches()) {
        throw new IllegalArgumentException(
            "queue \"%s\": expected SCHEME://PLACE or a path; for a directory of this name write ./%s"
                .formatted(text, text));
      }
      return new QueueUrl(FILES, text, Map.of());
    }
    int colon = text.indexOf(SEPARATOR);
    String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
    String rest = text.substring(colon + SEPARATOR.length());
    int question = rest.indexOf('?');
    String place = question < 0 ? rest : rest.substring(0, question);
    String query = question < 0 ? "" : rest.substring(question + 1);
    String decoded = scheme.equals(FILES) ? decoded(place, text) : place;
    return new QueueUrl(scheme, decoded, options(query, text));
  }

  private static String decoded(String place, String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < place.length(); i++) {
      if (place.charAt(i) == '%') {
        bytes.write(decodedByte(place, i, text));
        i += 2;
      } else {
        int end = Character.isHighSurrogate(place.charAt(i)) ? i + 2 : i + 1;
        String character = place.substring(i, Math.min(end, place.length()));
        bytes.writeBytes(character.getBytes(StandardCharsets.UTF_8));
        i = end - 1;
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "queue \"%s\": expected bytes of UTF-8 after each %%".formatted(text), e);
    }
  }

  private static int decodedByte(String place, int percent, String text) {
    String digits = place.substring(percent + 1, Math.min(percent + 3, place.length()));
    if (!digits.matches("[0-9A-Fa-f]{2}")) {
      throw new IllegalArgumentException(
          "queue \"%s\": expected two hexadecimal digits after each %%, found \"%s\"; %%25 is a %%"
              .formatted(text, digits));
    }
    return Integer.parseInt(digits, 16);
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
  public void requireKnownOptions(List<QueueOption> known) {
    List<String> names = known.stream().map(QueueOption::name).sorted().toList();
    for (String option : options.keySet()) {
      if (!names.contains(option)) {
        throw new IllegalArgumentException(
            "queue \"%s\": unknown option \"%s\"; %s:// knows %s"
                .formatted(this, option, scheme, names.isEmpty() ? "none" : names));
      }
    }
  }

  /** An option's value; empty when it is not given, or has none. */
  public Optional<String> option(String name) {
    return Optional.ofNullable(options.get(name)).filter(value -> !value.isEmpty());
  }

  /** The address with its options, in the order of their names: {@link #parse} reads the same. */
  public String text() {
    return options.isEmpty()
        ? toString()
        : new TreeMap<>(options)
            .entrySet().stream()
                .map(option -> option.getKey() + "=" + option.getValue())
                .collect(Collectors.joining("&", this + "?", ""));
  }

  /** The address without its options. */
  @Override
  public String toString() {
    return scheme + SEPARATOR + (scheme.equals(FILES) ? encoded(place) : place);
  }

  /** What would be read back as something else, or would not stay in one line. */
  private static String encoded(String path) {
    StringBuilder encoded = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%' || c == '?' || c < ' ' || c == 0x7f) {
        encoded.append('%').append(HEX.toHexDigits((byte) c));
      } else {
        encoded.append(c);
      }
    }
    return encoded.toString();
  }
}
