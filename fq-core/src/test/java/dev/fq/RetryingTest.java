package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.file.FileQueue;
import dev.fq.spi.Lease;
import dev.fq.spi.LeaseLostException;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.OpenMode;
import dev.fq.spi.PartialEndException;
import dev.fq.spi.PartialInsertException;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A queue whose store has trouble so many times, and what its user sees of it. */
class RetryingTest {

  private final IOException timedOut = new FileSystemException("q", null, "timed out");

  private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
  private final FileQueue queue = open();
  private final List<String> calls = new ArrayList<>();
  private int troubles;
  private IOException trouble = timedOut;
  private int insertedBefore;

  private FileQueue open() {
    try {
      return FileQueue.at(files.getPath("/q"))
          .clock(MutableClock.atSomeTime())
          .open(OpenMode.CREATE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Each verb fails as often as there are troubles; an insert after some tasks. */
  private final QueueBackend troubled =
      new ForwardingQueue(queue) {
        @Override
        <T> T around(String name, Verb<T> verb)
            throws IOException, LeaseLostException, InterruptedException {
          calls.add(name);
          if (!name.equals("insert") && troubles-- > 0) {
            throw trouble;
          }
          return verb.run();
        }

        @Override
        public Set<TaskId> insert(List<NewTask> tasks) throws IOException {
          if (troubles-- > 0) {
            calls.add("insert");
            throw partly(tasks);
          }
          return super.insert(tasks);
        }
      };

  private QueueBackend retrying(int retries) {
    return new Retrying(troubled, retries, ofMillis(1), ofMillis(2));
  }

  private IOException partly(List<NewTask> all) throws IOException {
    queue.insert(all.subList(0, insertedBefore));
    return InterceptedQueue.partly(insertedBefore, all.size(), trouble);
  }

  private static List<NewTask> tasks(int count) {
    return IntStream.range(0, count).mapToObj(RetryingTest::task).toList();
  }

  private static NewTask task(int number) {
    try {
      return NewTask.of(Payload.ofJson(Integer.toString(number)), ZERO);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private long callsOf(String verb) {
    return calls.stream().filter(verb::equals).count();
  }

  @Test
  void transientTroubleIsTriedAgain() throws Exception {
    troubles = 3;

    assertThat(retrying(3).stats().waiting()).hasValue(0);

    assertThat(callsOf("stats")).isEqualTo(4);
  }

  @Test
  void troubleThatStaysIsThrownAsItIs() {
    troubles = 9;

    assertThatThrownBy(() -> retrying(3).stats()).isSameAs(timedOut);

    assertThat(callsOf("stats")).isEqualTo(4);
  }

  @Test
  void callersErrorsAreNotTriedAgain() {
    troubles = 9;
    trouble = new NoQueueException("gone");

    assertThatThrownBy(() -> retrying(3).lease(1, ofSeconds(1), ZERO)).isSameAs(trouble);

    assertThat(callsOf("lease")).isEqualTo(1);
    troubles = 0;
    assertThatIllegalArgumentException().isThrownBy(() -> retrying(3).lease(0, ofSeconds(1), ZERO));
    assertThat(callsOf("lease")).isEqualTo(2);
  }

  @Test
  void insertGoesOnWhereItFailed() throws Exception {
    troubles = 2;
    insertedBefore = 4;
    List<NewTask> tasks = tasks(10);

    retrying(3).insert(tasks);

    assertThat(queue.stats().inserted()).hasValue(10);
    assertThat(queue.list().map(info -> info.id()))
        .containsExactlyInAnyOrderElementsOf(tasks.stream().map(NewTask::id).toList());
  }

  @Test
  void insertThatFailsForGoodSaysHowManyWentIn() {
    troubles = 9;
    insertedBefore = 2;

    PartialInsertException e =
        catchThrowableOfType(PartialInsertException.class, () -> retrying(1).insert(tasks(10)));

    assertThat(e.inserted()).isEqualTo(4);
    assertThat(e).hasCause(timedOut);
  }

  @Test
  void renewalIsLeftToTheRenewer() throws Exception {
    queue.insert(tasks(1));
    Lease lease = queue.lease(1, ofSeconds(9), ZERO).get(0);
    troubles = 1;

    assertThatThrownBy(() -> retrying(3).renew(lease, ofSeconds(9))).isSameAs(timedOut);

    assertThat(callsOf("renew")).isEqualTo(1);
  }

  @Test
  void lostLeaseIsToldAtOnce() throws Exception {
    queue.insert(tasks(1));
    Lease lease = queue.lease(1, ofSeconds(9), ZERO).get(0);
    queue.purge();
    troubles = 1;

    assertThatThrownBy(() -> retrying(3).complete(lease)).isInstanceOf(LeaseLostException.class);

    assertThat(callsOf("complete")).isEqualTo(2);
  }

  @Test
  void interruptionEndsTheWaiting() {
    troubles = 9;
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> new Retrying(troubled, 3, ofSeconds(60), ofSeconds(60)).stats())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("interrupted");

    assertThat(Thread.interrupted()).isTrue();
    assertThat(callsOf("stats")).isEqualTo(1);
  }

  /** Asked for again, what has ended would be said to be lost. */
  @Test
  void whatHasEndedAtOneTryIsNotAskedForAtTheNext() throws Exception {
    queue.insert(tasks(3));
    List<Lease> leases = queue.lease(3, ofSeconds(60), ZERO);
    queue.delete(leases.get(0));
    troubles = 1;
    QueueBackend partly =
        new ForwardingQueue(queue) {
          @Override
          public List<Lease> completeEach(List<Lease> all) throws IOException {
            calls.add("completeEach " + all.size());
            if (troubles-- > 0) {
              List<Lease> lost = queue.completeEach(all.subList(0, 2));
              throw new PartialEndException(all.subList(2, all.size()), lost, timedOut);
            }
            return super.completeEach(all);
          }
        };

    assertThat(new Retrying(partly, 3, ofMillis(1), ofMillis(2)).completeEach(leases))
        .containsExactly(leases.get(0));

    assertThat(calls).containsExactly("completeEach 3", "completeEach 1");
    assertThat(queue.stats().completed()).hasValue(2);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void endsThatStayImpossibleAreToldWithThoseThatTookPlace() throws Exception {
    queue.insert(tasks(2));
    List<Lease> leases = queue.lease(2, ofSeconds(60), ZERO);
    troubles = 9;

    PartialEndException e =
        catchThrowableOfType(PartialEndException.class, () -> retrying(2).deleteEach(leases));

    assertThat(e.unended()).isEqualTo(leases);
    assertThat(e).hasCause(timedOut);
    assertThat(callsOf("deleteEach")).isEqualTo(3);
  }
}
