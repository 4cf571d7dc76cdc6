package dev.fq.spi;

import java.io.IOException;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Opens queues of one kind. Found by {@link ServiceLoader} from the scheme of a queue's URL. */
public interface QueueBackendProvider {

  /** The schemes that this provider opens, in lower case. */
  Set<String> schemes();

  /**
   * Opens the queue at this address.
   *
   * @throws NoQueueException if there is none and {@code mode} does not make one, or if something
   *     else is there
   * @throws IllegalArgumentException if the address or one of its options is not understood
   * @throws IOException on other trouble
   */
  QueueBackend open(QueueUrl url, OpenMode mode) throws IOException;

  /**
   * Opens the queue at this address with the provider of its scheme.
   *
   * @throws IllegalArgumentException if no provider knows the scheme; the message lists the known
   */
  static QueueBackend openQueue(QueueUrl url, OpenMode mode) throws IOException {
    SortedSet<String> known = new TreeSet<>();
    for (QueueBackendProvider provider :
        ServiceLoader.load(
            QueueBackendProvider.class, QueueBackendProvider.class.getClassLoader())) {
      if (provider.schemes().contains(url.scheme())) {
        return provider.open(url, mode);
      }
      known.addAll(provider.schemes());
    }
    throw new IllegalArgumentException(
        "queue \"%s\": unknown scheme \"%s\"; known are %s"
            .formatted(url, url.scheme(), String.join(", ", known)));
  }
}
