package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fq.spi.Lease;
import dev.fq.spi.Limit;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitTest {

  private static final Duration LEASE = ofMinutes(5);

  @TempDir Path directory;
  private final MutableClock clock = MutableClock.atSomeTime();
  private FileQueue queue;
  private FileQueue other;

  @BeforeEach
  void open() throws IOException {
    queue = FileQueue.at(directory.resolve("q")).clock(clock).open(OpenMode.CREATE);
    other = FileQueue.at(directory.resolve("q")).clock(clock).open(OpenMode.EXISTING);
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
    other.close();
  }

  private static List<NewTask> tasks(int count) throws Exception {
    List<NewTask> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(NewTask.of(Payload.ofJson("1"), ZERO));
    }
    return tasks;
  }

  /** Workers look once a second. */
  private List<Lease> lease(FileQueue from) throws Exception {
    clock.advance(ofSeconds(1));
    return from.lease(100, LEASE, ZERO);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void notMoreThanTheLimitSaysIsLeasedByAllTogether(boolean bundled) throws Exception {
    if (bundled) {
      queue.insertBundled(tasks(20), 5);
    } else {
      queue.insert(tasks(20));
    }
    queue.limit(new Limit(3, null));

    List<Lease> first = lease(queue);
    assertThat(first).hasSize(3);
    assertThat(lease(other)).isEmpty();
    assertThat(other.hasWaiting()).isFalse();

    queue.complete(first.get(0));
    queue.release(first.get(1));
    assertThat(lease(other)).hasSize(2);
    assertThat(lease(queue)).isEmpty();
  }

  @Test
  void leaseThatHasEndedCountsNoMore() throws Exception {
    queue.insert(tasks(5));
    queue.limit(new Limit(2, null));
    assertThat(lease(queue)).hasSize(2);

    clock.advance(LEASE.plusSeconds(2));

    assertThat(lease(other)).hasSize(2);
  }

  @Test
  void fileThatIsWrittenByHandSaysTheSameAndItsRemovalEndsIt() throws Exception {
    queue.insert(tasks(10));
    Path file = directory.resolve("q/limit");
    Files.writeString(file, "4\n");

    assertThat(queue.limit()).contains(new Limit(4, null));
    assertThat(lease(queue)).hasSize(4);
    Files.delete(file);
    assertThat(lease(queue)).hasSize(6);
  }

  @Test
  void nothingIsLeasedBeforeAFileIsMendedThatSaysNoLimit() throws Exception {
    queue.insert(tasks(1));
    Files.writeString(directory.resolve("q/limit"), "many\n");

    assertThat(lease(queue)).isEmpty();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> queue.limit())
        .matches(trouble -> !queue.isTransient(trouble), "is not tried again in vain")
        .withMessageContaining(
            "q/limit: expected a number of tasks like 20, a rate like 5/s, or both, found"
                + " \"many\"");

    queue.limit(null);
    assertThat(lease(queue)).hasSize(1);
  }

  @Test
  void tasksBeginEvenlyAtTheRateThatAllKeepTogether() throws Exception {
    queue.insert(tasks(1_000));
    queue.limit(Limit.parse("5/s"));
    clock.advance(ofSeconds(1));
    int leased = 0;

    for (int tenths = 0; tenths < 100; tenths++) {
      clock.advance(ofMillis(100));
      leased += queue.lease(100, LEASE, ZERO).size();
      leased += other.lease(100, LEASE, ZERO).size();
    }

    assertThat(leased).isBetween(49, 51);
  }

  @Test
  void rateOfManyTasksIsKeptWithFewSteps() throws Exception {
    queue.insert(tasks(1_000));
    queue.limit(Limit.parse("60000/m"));
    clock.advance(ofSeconds(1));
    int leased = 0;

    for (int i = 0; i < 10; i++) {
      clock.advance(ofMillis(50));
      leased += queue.lease(1_000, LEASE, ZERO).size();
    }

    assertThat(leased).isBetween(450, 602);
  }

  @Test
  void lookThatFindsNothingTakesNoMomentOfTheRate() throws Exception {
    queue.limit(Limit.parse("1/h"));
    assertThat(lease(queue)).isEmpty();
    assertThat(queue.leaseClaimed(1, LEASE)).isEmpty();

    queue.insert(tasks(2));

    assertThat(lease(other)).hasSize(1);
    assertThat(lease(queue)).isEmpty();
  }

  @Test
  void moreThanOneFileOfTheNextTaskLeavesTheLatest() throws Exception {
    queue.insert(tasks(2));
    queue.limit(Limit.parse("1/h"));
    long later = clock.instant().plusSeconds(60).toEpochMilli();
    Files.createFile(directory.resolve("q/limit.next-5"));
    Files.createFile(directory.resolve("q/limit.next-" + later));

    assertThat(lease(queue)).isEmpty();

    try (Stream<Path> names = Files.list(directory.resolve("q"))) {
      assertThat(names.map(name -> name.getFileName().toString()))
          .filteredOn(name -> name.startsWith("limit"))
          .containsExactlyInAnyOrder("limit", "limit.next-" + later);
    }
  }

  @Test
  void whatRunsWhenTheLimitComesGoesOn() throws Exception {
    queue.insert(tasks(5));
    List<Lease> running = lease(queue);
    queue.limit(new Limit(2, null));

    for (Lease lease : running.subList(0, 4)) {
      assertThat(lease(other)).isEmpty();
      queue.complete(queue.renew(lease, LEASE));
    }
  }

  @Test
  void doctorKnowsTheFiles() throws Exception {
    queue.insert(tasks(2));
    queue.limit(Limit.parse("2 5/s"));
    assertThat(lease(queue)).hasSize(1);

    assertThat(Doctor.of(directory.resolve("q")).examine(false, 100))
        .noneMatch(finding -> finding.toString().contains("limit"));
  }

  @Test
  void whatIsNoLimitIsRefused() {
    for (String text : List.of("", "0", "5/d", "1 2", "5/s 6/s", "-1", "0/s", "99999999999")) {
      assertThatIllegalArgumentException().as(text).isThrownBy(() -> Limit.parse(text));
    }
    assertThat(Limit.parse(" 20\n100/m\n")).hasToString("20 100/m");
  }
}
