package dev.fq.file;

import dev.fq.spi.Capability;
import dev.fq.spi.Gate;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueStats;
import dev.fq.spi.QueueUrl;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whether tasks of a queue may be leased, and opens its gate when the queues are empty that it
 * waits for.
 */
final class Gatekeeper implements Closeable {

  private static final Logger log = LoggerFactory.getLogger(Gatekeeper.class);

  /** Between two looks at least. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  /** A look that takes long is made so much more seldom. */
  private static final int SHARE = 20;

  /** The queues that this thread asks whether they are empty: gates may wait for each other. */
  private static final ThreadLocal<Set<Path>> ASKED = ThreadLocal.withInitial(HashSet::new);

  /** How the queues are opened that a gate waits for. */
  @FunctionalInterface
  interface Opening {

    /** By their addresses, whatever their kind. */
    Opening BY_ADDRESS = url -> QueueBackendProvider.openQueue(url, OpenMode.EXISTING);

    QueueBackend of(QueueUrl url) throws IOException;
  }

  private final Path root;
  private final GateFile file;
  private final Clock clock;
  private final Opening opening;

  // Guarded by this.
  private final Map<QueueUrl, QueueBackend> others = new HashMap<>();
  private boolean isOpen;
  private @Nullable Instant lastLook;
  private Instant nextLook = Instant.MIN;
  private @Nullable Gate emptyFor;
  private Instant emptySince = Instant.MAX;
  private String told = "";

  Gatekeeper(Path root, GateFile file, Clock clock, Opening opening) {
    this.root = root;
    this.file = file;
    this.clock = clock;
    this.opening = opening;
  }

  /** Whether tasks may be leased, as it was at most a second ago. */
  synchronized boolean isOpen() throws IOException {
    Instant now = clock.instant();
    // The clock may have been set back.
    boolean isRecent = lastLook != null && !now.isBefore(lastLook) && now.isBefore(nextLook);
    if (isRecent) {
      return isOpen;
    }
    lastLook = now;
    isOpen = look(now);
    Duration share = Duration.between(now, clock.instant()).multipliedBy(SHARE);
    nextLook = now.plus(share.compareTo(INTERVAL) > 0 ? share : INTERVAL);
    return isOpen;
  }

  private boolean look(Instant now) throws IOException {
    if (!file.isThere()) {
      closeOthers();
      return true;
    }
    Set<Path> asked = ASKED.get();
    if (!asked.add(root)) {
      return false;
    }
    try {
      Gate gate = file.read();
      return gate == null || isOver(gate, now);
    } catch (IOException | RuntimeException e) {
      emptyFor = null;
      tell(e.getMessage());
      return false;
    } finally {
      asked.remove(root);
    }
  }

  /** Opens the gate when it has had nothing to wait for since an earlier look. */
  private boolean isOver(Gate gate, Instant now) throws IOException {
    Duration needed = INTERVAL;
    for (QueueUrl url : gate.after()) {
      QueueBackend other = other(url);
      boolean isEmpty = other.isEmpty();
      if (!isEmpty || hasDead(other, gate)) {
        tell(isEmpty ? url + " has dead tasks" : "until " + url + " is empty");
        emptyFor = null;
        return false;
      }
      needed = other.emptyAfter().compareTo(needed) > 0 ? other.emptyAfter() : needed;
    }
    if (!gate.equals(emptyFor)) {
      emptyFor = gate;
      emptySince = now;
      return false;
    }
    if (now.isBefore(emptySince.plus(needed))) {
      return false;
    }
    file.open(gate, now);
    log.info("{}: its gate is open: what it waited for is empty", root);
    return !file.isThere();
  }

  /** Once, for those who wonder why a worker does nothing. */
  private void tell(@Nullable String reason) {
    String now = String.valueOf(reason);
    if (!now.equals(told)) {
      log.info("{}: its gate is closed: {}", root, now);
    }
    told = now;
  }

  private static boolean hasDead(QueueBackend other, Gate gate) throws IOException {
    return !gate.evenIfDead() && other.stats().dead().orElse(0) > 0;
  }

  private QueueBackend other(QueueUrl url) throws IOException {
    QueueBackend other = others.get(url);
    if (other == null) {
      other = opening.of(url);
      others.put(url, other);
    }
    return other;
  }

  /** What the queue waits for; null when nothing. */
  @Nullable Gate gate() throws IOException {
    return file.read();
  }

  /** Why the gate is closed, a line for each queue. */
  synchronized List<String> waitsFor() {
    Gate gate;
    try {
      gate = file.read();
    } catch (IOException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
    List<String> reasons = new ArrayList<>();
    if (gate != null) {
      for (QueueUrl url : gate.after()) {
        String reason = reason(url, gate);
        if (reason != null) {
          reasons.add(url + ": " + reason);
        }
      }
    }
    return reasons;
  }

  private @Nullable String reason(QueueUrl url, Gate gate) {
    try {
      QueueBackend other = other(url);
      QueueStats stats = other.stats();
      if (stats.enqueued().orElse(0) > 0) {
        return "%s waiting, %s delayed, %s leased"
            .formatted(text(stats.waiting()), text(stats.delayed()), text(stats.leased()));
      }
      if (hasDead(other, gate)) {
        return stats.dead().orElse(0)
            + " dead; try them again, purge them, or close the gate even if dead";
      }
      return other.gate().isPresent() ? "its own gate is closed" : null;
    } catch (IOException | RuntimeException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String text(OptionalLong number) {
    return number.isPresent() ? Long.toString(number.getAsLong()) : "n/a";
  }

  /**
   * Closes the gate.
   *
   * @param draft where to write it first
   * @throws IllegalArgumentException if it could not open again
   */
  synchronized void closeGate(Gate gate, QueueBackend self, Path draft) throws IOException {
    List<QueueUrl> absolute = new ArrayList<>();
    for (QueueUrl url : gate.after()) {
      try (QueueBackend other = opening.of(url)) {
        requireFit(other, self, gate);
        requireNoCycle(other, self, new HashSet<>(Set.of(url)));
        // A path may be relative to where this process is; a service's address may have options.
        absolute.add(other instanceof FileQueue ? QueueUrl.parse(other.url()) : url);
      }
    }
    file.write(new Gate(absolute, gate.evenIfDead()), draft);
    emptyFor = null;
    lastLook = null;
  }

  private static void requireFit(QueueBackend other, QueueBackend self, Gate gate)
      throws IOException {
    if (self.isSameAs(other)) {
      throw new IllegalArgumentException(
          "gate: expected another queue to wait for, found the same, " + other.url());
    }
    if (!other.capabilities().contains(Capability.SIZE)) {
      throw new IllegalArgumentException(
          "gate: %s cannot tell when it is empty".formatted(other.url()));
    }
    if (!gate.evenIfDead() && other.stats().dead().isEmpty()) {
      throw new IllegalArgumentException(
          "gate: %s cannot tell whether it has dead tasks; wait for it even if it has"
              .formatted(other.url()));
    }
  }

  private void requireNoCycle(QueueBackend other, QueueBackend self, Set<QueueUrl> seen)
      throws IOException {
    Gate gate = other.gate().orElse(null);
    if (gate == null) {
      return;
    }
    for (QueueUrl url : gate.after()) {
      if (seen.add(url)) {
        try (QueueBackend next = opening.of(url)) {
          if (self.isSameAs(next)) {
            throw new IllegalArgumentException(
                "gate: %s waits for %s already; two queues cannot wait for each other"
                    .formatted(other.url(), self.url()));
          }
          requireNoCycle(next, self, seen);
        }
      }
    }
  }

  /** Opens the gate now. */
  synchronized void openGate() throws IOException {
    file.open(clock.instant());
    lastLook = null;
  }

  private void closeOthers() {
    others.forEach(
        (url, other) -> {
          try {
            other.close();
          } catch (IOException e) {
            log.debug("{}: {}", url, e.toString());
          }
        });
    others.clear();
    emptyFor = null;
    told = "";
  }

  @Override
  public synchronized void close() {
    closeOthers();
  }
}
