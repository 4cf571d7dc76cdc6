package dev.fq;

import dev.fq.spi.NewTask;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.Outcome;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks of one unique insert are new.
 *
 * <p>For the first batch the queue looks itself, by its names, which costs no memory. From the
 * second on all its ids are in memory, a hundred bytes each: a listing for each batch would take
 * longer the more tasks there are.
 */
final class Admission {

  /** Others insert too. */
  private static final Duration SHORTEST_USE = Duration.ofSeconds(10);

  /** A listing is used at least so many times as long as it took. */
  private static final int USE = 10;

  private final QueueBackend queue;
  private final Uniqueness uniqueness;
  private final Clock clock;

  // Guarded by this.
  private final Set<TaskId> taken = new HashSet<>();
  private boolean isFirst = true;
  private @Nullable Instant nextLook;

  Admission(QueueBackend queue, Uniqueness uniqueness, Clock clock) {
    this.queue = queue;
    this.uniqueness = uniqueness;
    this.clock = clock;
  }

  /**
   * Those of these tasks that are new as far as is known here; the queue may refuse others.
   *
   * <p>RACE: of what another program inserts meanwhile this may learn only at its next look.
   */
  synchronized List<NewTask> admit(List<NewTask> batch) throws IOException {
    IdOrigin origin = isFirst ? IdOrigin.GIVEN : IdOrigin.LOOKED_UP;
    if (isFirst) {
      isFirst = false;
      Set<TaskId> ids = batch.stream().map(NewTask::id).collect(Collectors.toSet());
      addCompleted(ids::contains);
    } else {
      look();
    }
    return batch.stream()
        .filter(task -> taken.add(task.id()))
        .map(task -> task.withOrigin(origin))
        .toList();
  }

  private void look() throws IOException {
    Instant begun = clock.instant();
    if (nextLook != null && begun.isBefore(nextLook)) {
      return;
    }
    taken.addAll(KnownIds.of(queue));
    addCompleted(task -> true);
    Instant ended = clock.instant();
    Duration use = Duration.between(begun, ended).multipliedBy(USE);
    nextLook = ended.plus(use.compareTo(SHORTEST_USE) > 0 ? use : SHORTEST_USE);
  }

  private void addCompleted(Predicate<TaskId> which) throws IOException {
    if (uniqueness.completedWithin().isZero()) {
      return;
    }
    OutcomeLog log = queue.outcomes().orElseThrow();
    try (Stream<Outcome> outcomes = log.read(clock.instant().minus(uniqueness.completedWithin()))) {
      outcomes
          .filter(outcome -> outcome.result() == TaskOutcome.COMPLETED)
          .map(Outcome::task)
          .filter(which)
          .forEach(taken::add);
    }
  }
}
