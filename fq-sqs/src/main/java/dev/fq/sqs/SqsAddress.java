package dev.fq.sqs;

import dev.fq.spi.QueueUrl;
import dev.fq.spi.service.EndpointName;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a queue is and how it is to be used, from an address such as {@code sqs://name?region=…} or
 * {@code https://sqs.REGION.amazonaws.com/ACCOUNT/name}.
 *
 * @param name its name
 * @param url its URL, when the address is that; null when the service is to be asked for it
 * @param region null for what the SDK finds
 * @param endpoint null for Amazon's own
 * @param create whether to make the queue where there is none
 * @param dead the name of the queue for dead tasks when it has no redrive policy
 * @param group the message group of all tasks of a FIFO queue; null for a group each
 * @param nativePurge whether a purge is left to the service
 * @param emptyAfter how long the queue must look empty to be believed
 */
record SqsAddress(
    String name,
    @Nullable String url,
    @Nullable String region,
    @Nullable URI endpoint,
    boolean create,
    @Nullable String dead,
    @Nullable String group,
    boolean nativePurge,
    Duration emptyAfter) {

  /**
   * The figures of a queue are right about a minute after the last message was sent.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html">GetQueueAttributes</a>
   */
  private static final Duration FIGURES_COME_LATE = Duration.ofSeconds(75);

  static final String FIFO = ".fifo";

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\\.fifo");
  private static final Pattern PLACE = Pattern.compile("([^/]+)/(?:[^/]+/)?([^/]+)");
  private static final Pattern AMAZON =
      Pattern.compile("sqs(?:-fips)?\\.([a-z0-9-]+)\\.(?:amazonaws\\.com(?:\\.cn)?|api\\.aws)");

  /**
   * @throws IllegalArgumentException if it is not understood
   */
  static SqsAddress of(QueueUrl url) {
    url.requireKnownOptions(SqsQueueProvider.OPTIONS);
    Optional<String> region = url.option("region");
    Optional<URI> endpoint = url.option("endpoint").map(text -> endpoint(url, text));
    String name = url.place();
    String queueUrl = null;
    if (!url.scheme().equals("sqs")) {
      Matcher place = PLACE.matcher(url.place());
      if (!place.matches()) {
        throw new IllegalArgumentException(
            "queue \"%s\": expected %s://HOST/ACCOUNT/NAME".formatted(url, url.scheme()));
      }
      Matcher amazon = AMAZON.matcher(place.group(1));
      boolean isAmazons = amazon.matches();
      name = place.group(2);
      queueUrl = url.toString();
      region = region.or(() -> isAmazons ? Optional.of(amazon.group(1)) : Optional.empty());
      URI host = URI.create(url.scheme() + "://" + place.group(1));
      endpoint = endpoint.or(() -> isAmazons ? Optional.empty() : Optional.of(host));
    }
    requireName(url, name);
    return new SqsAddress(
        name,
        queueUrl,
        region.orElse(null),
        endpoint.orElse(null),
        url.flag("create"),
        url.option("dead").orElse(null),
        url.option("group").orElse(null),
        url.flag("nativePurge"),
        emptyAfter(url));
  }

  private static Duration emptyAfter(QueueUrl url) {
    String seconds = url.option("emptyAfter").orElse("" + FIGURES_COME_LATE.toSeconds());
    if (!seconds.matches("[0-9]{1,6}")) {
      throw new IllegalArgumentException(
          "queue \"%s\": option emptyAfter: expected a number of seconds, found \"%s\""
              .formatted(url, seconds));
    }
    return Duration.ofSeconds(Long.parseLong(seconds));
  }

  private static URI endpoint(QueueUrl url, String text) {
    if (!text.startsWith("http://") && !text.startsWith("https://")) {
      throw new IllegalArgumentException(
          "queue \"%s\": option endpoint: expected http://HOST:PORT or https://…, found \"%s\""
              .formatted(url, text));
    }
    return URI.create(text);
  }

  private static void requireName(QueueUrl url, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "queue \"%s\": expected a name of up to 80 letters, digits, - and _, with or without"
                  .formatted(url)
              + " .fifo at its end");
    }
  }

  boolean isFifo() {
    return name.endsWith(FIFO);
  }

  boolean isPlainHttp() {
    return endpoint != null && endpoint.getScheme().equals("http");
  }

  /** Which service it is of, however it is spelled: Amazon's is one, by all its names. */
  String server() {
    if (endpoint == null || AMAZON.matcher(String.valueOf(endpoint.getHost())).matches()) {
      return "amazon";
    }
    return EndpointName.of(endpoint.getHost(), endpoint.getPort());
  }

  /** The name of the queue for dead tasks when nothing else says one. */
  String deadName() {
    if (dead != null) {
      return dead;
    }
    return isFifo()
        ? name.substring(0, name.length() - FIFO.length()) + "-dead" + FIFO
        : name + "-dead";
  }

  @Override
  public String toString() {
    return url == null ? "sqs://" + name : url;
  }
}
