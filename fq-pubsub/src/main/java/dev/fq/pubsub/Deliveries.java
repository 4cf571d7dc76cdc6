package dev.fq.pubsub;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often this process was given each message. The service counts deliveries only where a
 * dead-letter policy is on; elsewhere this is what is known of attempts, so that a task that always
 * fails comes to an end at last.
 *
 * <p>{@code --create} makes a dead-letter policy with the highest limit, so that the service counts
 * and workers give up. Rejected: an attribute that is published anew with each failure, which makes
 * two of a task when the process is killed in between, and would not count crashes.
 */
final class Deliveries {

  private static final int REMEMBERED = 100_000;

  // Guarded by this.
  private final Map<String, Integer> counts =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Which attempt a delivery is: as the service counts it, if it does, else as we do. */
  synchronized int attempt(String messageId, int countedByService) {
    if (countedByService > 0) {
      return countedByService;
    }
    int attempt = counts.getOrDefault(messageId, 0) + 1;
    // To be the youngest again.
    counts.remove(messageId);
    counts.put(messageId, attempt);
    return attempt;
  }

  /** A delivery was given back, and is no attempt. What the service counts, it has counted. */
  synchronized void uncount(String messageId) {
    counts.computeIfPresent(messageId, (id, count) -> count - 1);
  }

  /** The message will not come again. */
  synchronized void forget(String messageId) {
    counts.remove(messageId);
  }
}
