package dev.fq.pubsub;

import dev.fq.spi.QueueUrl;
import dev.fq.spi.service.EndpointName;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a queue is and how it is to be used, from an address such as {@code
 * pubsub://projects/P/topics/T/subscriptions/S?create=true}.
 *
 * @param topic the topic's full name, {@code projects/P/topics/T}
 * @param subscription the subscription's full name, {@code projects/P/subscriptions/S}
 * @param endpoint {@code HOST:PORT}; null for Google's own
 * @param plaintext whether the endpoint speaks without TLS and asks for no credentials
 * @param create whether to make topic and subscription where there are none
 * @param dead the full name of the topic for dead tasks of a subscription without a dead-letter
 *     policy
 * @param nativePurge whether a purge is left to the service
 * @param text the address without its options
 */
record PubSubAddress(
    String topic,
    String subscription,
    @Nullable String endpoint,
    boolean plaintext,
    boolean create,
    String dead,
    boolean nativePurge,
    String text) {

  /** The variable by which Google's clients find an emulator. */
  static final String EMULATOR = "PUBSUB_EMULATOR_HOST";

  /** Ids of projects have a domain in front in some organisations. */
  private static final String PROJECT = "[a-z][a-z0-9.:-]*";

  /** As the service says: a letter, then up to 254 of letters, digits and these. */
  private static final String NAME = "[A-Za-z][A-Za-z0-9._~+%-]{2,254}";

  private static final Pattern PLACE =
      Pattern.compile(
          "projects/(%s)/topics/(%s)/subscriptions/(%s)".formatted(PROJECT, NAME, NAME));

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /**
   * @param environment where an emulator may be named
   * @throws IllegalArgumentException if it is not understood
   */
  static PubSubAddress of(QueueUrl url, Map<String, String> environment) {
    url.requireKnownOptions(PubSubQueueProvider.OPTIONS);
    Matcher place = PLACE.matcher(url.place());
    if (!place.matches()) {
      throw new IllegalArgumentException(
          ("queue \"%s\": expected pubsub://projects/PROJECT/topics/TOPIC/subscriptions/SUBSCRIPTION,"
                  + " with names of 3 to 255 letters, digits and . _ ~ + %% -")
              .formatted(url));
    }
    String project = place.group(1);
    Optional<URI> given = url.option("endpoint").map(text -> endpoint(url, text));
    Optional<String> emulator =
        Optional.ofNullable(environment.get(EMULATOR)).filter(host -> !host.isBlank());
    Optional<String> endpoint = given.map(PubSubAddress::hostAndPort).or(() -> emulator);
    boolean plaintext =
        given.map(uri -> uri.getScheme().equals("http")).orElse(emulator.isPresent());
    String dead = url.option("dead").orElse(place.group(2) + "-dead");
    if (!dead.matches(NAME)) {
      throw new IllegalArgumentException(
          "queue \"%s\": option dead: expected a topic's name, found \"%s\"".formatted(url, dead));
    }
    return new PubSubAddress(
        topic(project, place.group(2)),
        subscription(project, place.group(3)),
        endpoint.orElse(null),
        plaintext,
        url.flag("create"),
        topic(project, dead),
        url.flag("nativePurge"),
        url.toString());
  }

  private static URI endpoint(QueueUrl url, String text) {
    if (!text.matches("https?://[^/:]+(:\\d+)?/?")) {
      throw new IllegalArgumentException(
          "queue \"%s\": option endpoint: expected http://HOST:PORT or https://HOST, found \"%s\""
              .formatted(url, text));
    }
    return URI.create(text);
  }

  private static String hostAndPort(URI endpoint) {
    int standard = endpoint.getScheme().equals("http") ? HTTP_PORT : HTTPS_PORT;
    return endpoint.getHost() + ":" + (endpoint.getPort() < 0 ? standard : endpoint.getPort());
  }

  private static String topic(String project, String name) {
    return "projects/" + project + "/topics/" + name;
  }

  private static String subscription(String project, String name) {
    return "projects/" + project + "/subscriptions/" + name;
  }

  /** The subscription that keeps what is published to this topic for dead tasks: of its name. */
  static String subscriptionOf(String topic) {
    String[] parts = topic.split("/", -1);
    return subscription(parts[1], parts[3]);
  }

  /** Which service it is of, however it is spelled. */
  String server() {
    if (endpoint == null) {
      return "google";
    }
    int colon = endpoint.lastIndexOf(':');
    String port = endpoint.substring(colon + 1);
    return colon > 0 && port.matches("[0-9]{1,5}")
        ? EndpointName.of(endpoint.substring(0, colon), Integer.parseInt(port))
        : endpoint;
  }

  @Override
  public String toString() {
    return text;
  }
}
