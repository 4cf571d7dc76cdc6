package dev.fq.spi;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Opens queues of one kind. Found by {@link ServiceLoader} from the scheme of a queue's URL. */
public interface QueueBackendProvider {

  /** The schemes that this provider opens, in lower case. */
  Set<String> schemes();

  /** An address of such a queue, for help; empty where no other process can open it. */
  String example();

  /** The options that addresses of such queues may have. */
  default List<QueueOption> options() {
    return List.of();
  }

  /**
   * What a queue of this kind may be able to do; {@link QueueBackend#capabilities} of one that is
   * open says what it can. Commands offer options of this kind at verbs that it may have.
   */
  default Set<Capability> capabilities() {
    return EnumSet.allOf(Capability.class);
  }

  /**
   * Opens the queue at this address.
   *
   * @throws NoQueueException if there is none and {@code mode} does not make one, or if something
   *     else is there
   * @throws IllegalArgumentException if the address or one of its options is not understood
   * @throws IOException on other trouble
   */
  QueueBackend open(QueueUrl url, OpenMode mode) throws IOException;

  /** Those that are installed, in no order. */
  static List<QueueBackendProvider> installed() {
    List<QueueBackendProvider> all = new ArrayList<>();
    ServiceLoader.load(QueueBackendProvider.class, QueueBackendProvider.class.getClassLoader())
        .forEach(all::add);
    return all;
  }

  /**
   * Opens the queue at this address with the provider of its scheme.
   *
   * @throws IllegalArgumentException if no provider knows the scheme; the message lists the known
   */
  static QueueBackend openQueue(QueueUrl url, OpenMode mode) throws IOException {
    return of(url).open(url, mode);
  }

  /**
   * The provider of this address's scheme.
   *
   * @throws IllegalArgumentException if no provider knows the scheme; the message lists the known
   */
  static QueueBackendProvider of(QueueUrl url) {
    SortedSet<String> known = new TreeSet<>();
    for (QueueBackendProvider provider :
        ServiceLoader.load(
            QueueBackendProvider.class, QueueBackendProvider.class.getClassLoader())) {
      if (provider.schemes().contains(url.scheme())) {
        return provider;
      }
      known.addAll(provider.schemes());
    }
    throw new IllegalArgumentException(
        "queue \"%s\": unknown scheme \"%s\"; known are %s"
            .formatted(url, url.scheme(), String.join(", ", known)));
  }
}
