package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fq.IncompleteInsertException.Range;
import dev.fq.memory.MemoryQueue;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.NewTask.IdOrigin;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that are there already are not inserted again. */
class UniqueInsertTest {

  record Tile(int number) implements Task {
    @Override
    public void execute(TaskContext context) {}
  }

  @TempDir private Path directory;
  private TaskQueue queue;
  private final List<TaskId> known = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    queue = TaskQueue.at(directory.resolve("q").toString()).tasks(Tile.class).open();
  }

  @AfterEach
  void close() throws IOException {
    queue.close();
  }

  private InsertOptions unique() {
    return InsertOptions.none().unique(Uniqueness.ofWhatIsThere().known(known::add));
  }

  private InsertOptions unlessCompletedWithin(Duration time) {
    return InsertOptions.none()
        .unique(Uniqueness.ofWhatIsThere().completedWithin(time).known(known::add));
  }

  private static Stream<Tile> tiles(int from, int to) {
    return IntStream.range(from, to).mapToObj(Tile::new);
  }

  private long insert(int from, int to) throws IOException {
    return queue.insert(tiles(from, to), unique());
  }

  private List<String> ids() throws IOException {
    try (Stream<TaskInfo> all = queue.list()) {
      return all.map(task -> task.id().value()).sorted().toList();
    }
  }

  private long insertNamed(String... names) throws IOException {
    return queue.insertNamed(
        Stream.of(names).map(name -> NamedTask.of(name, new Tile(1))).iterator(), unique());
  }

  @Test
  void tasksOfOnePayloadAreOneTask() throws Exception {
    assertThat(insert(0, 3)).isEqualTo(3);
    assertThat(known).isEmpty();

    assertThat(insert(1, 5)).isEqualTo(2);

    assertThat(ids()).hasSize(5).doesNotHaveDuplicates();
    assertThat(known)
        .containsExactlyInAnyOrder(
            TaskId.ofText(new Tile(1).payload().json()),
            TaskId.ofText(new Tile(2).payload().json()));
    assertThat(queue.inserted()).hasValue(5);
  }

  @Test
  void idsOfPayloadsAreTheSameInEveryVersion() {
    assertThat(TaskId.ofText("{\"number\": 1, \"class\": \"Tile\"}").value())
        .isEqualTo("9a8bb1d9-7b6f-51a9-9bdd-d8874834d344");
  }

  @Test
  void tasksHaveTheNamesOfTheirInserter() throws Exception {
    assertThat(insertNamed("tile-1", "tile-2", "tile-1")).isEqualTo(2);
    assertThat(insertNamed("tile-2", "tile-3")).isEqualTo(1);

    assertThat(ids()).containsExactly("tile-1", "tile-2", "tile-3");
    assertThat(known).extracting(TaskId::value).containsExactly("tile-1", "tile-2");
    assertThatIllegalArgumentException().isThrownBy(() -> NamedTask.of("a b", new Tile(1)));
  }

  @Test
  void taskIsThereWhateverItsState() throws Exception {
    queue.insertNamed(
        List.of(NamedTask.of("delayed", new Tile(1))).iterator(), unique().delay(ofHours(1)));
    insertNamed("leased");
    assertThat(queue.lease(ofHours(1))).isPresent();
    insertNamed("dead");
    queue.backend().giveUp(queue.lease(ofHours(1)).orElseThrow().lease(), "no luck");
    insertNamed("waiting");

    assertThat(insertNamed("delayed", "leased", "dead", "waiting")).isZero();
    assertThat(known).hasSize(4);
  }

  @Test
  void completedTaskIsNewUnlessItWasCompletedLately() throws Exception {
    queue.backend().outcomes().orElseThrow().ask(true);
    insert(0, 3);
    queue.worker().exitOnEmpty(true).build().run();

    assertThat(queue.insert(tiles(0, 4), unlessCompletedWithin(ofHours(1)))).isEqualTo(1);
    assertThat(known).hasSize(3);
    assertThat(insert(0, 4)).isEqualTo(3);
  }

  @Test
  void whatWasCompletedIsKnownToALaterBatchToo() throws Exception {
    queue.backend().outcomes().orElseThrow().ask(true);
    insert(900, 1000);
    queue.worker().exitOnEmpty(true).build().run();

    assertThat(queue.insert(tiles(0, 1000), unlessCompletedWithin(ofHours(1)))).isEqualTo(900);
    assertThat(known).hasSize(100);
  }

  @Test
  void queueWithoutRecordsCannotTellWhatWasCompleted() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.insert(tiles(0, 1), unlessCompletedWithin(ofHours(1))))
        .withMessageEndingWith(
            "expected that workers record outcomes, which tell what was completed; say fq record on");
  }

  @Test
  void manyBatchesAtOnceInsertEachTaskOnce() throws Exception {
    Stream<Tile> twice = Stream.concat(tiles(0, 2000), tiles(0, 1999));

    assertThat(queue.insert(twice, unique().parallel(4))).isEqualTo(2000);
    assertThat(insert(0, 2001)).isEqualTo(1);

    assertThat(ids()).hasSize(2001).doesNotHaveDuplicates();
    assertThat(known).hasSize(3999);
  }

  @Test
  void uniqueTasksGetAFileEach() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> InsertOptions.none().bundle(10).unique())
        .withMessageContaining("unique tasks get a file each");
  }

  @Test
  void failureSaysWhatIsMissingAndNotWhatIsThere() throws Exception {
    insert(0, 2);
    List<NamedTask> tasks = tiles(0, 4).map(tile -> NamedTask.byContent(tile.payload())).toList();
    QueueBackend full =
        InterceptedQueue.of(
            queue.backend(),
            verb -> {
              if (verb.equals("insert")) {
                // Of the two that are new, after a look.
                throw InterceptedQueue.partly(1, 4, new IOException("No space left on device"));
              }
            });
    InsertOptions options = unique();
    Admission admission = new Admission(full, options.uniqueness(), MutableClock.atSomeTime());

    IncompleteInsertException failure =
        catchThrowableOfType(
            IncompleteInsertException.class,
            () ->
                new BulkInsert<>(full, tasks.spliterator(), options::task, options, admission)
                    .run());

    assertThat(failure.inserted()).isEqualTo(1);
    assertThat(failure.missing()).containsExactly(new Range(1, 4));
  }

  @Test
  void onlyALaterBatchListsTheQueueAndNotEachOne() throws Exception {
    MutableClock clock = MutableClock.atSomeTime();
    AtomicInteger listings = new AtomicInteger();
    QueueBackend counted =
        InterceptedQueue.of(
            new MemoryQueue("q", clock),
            verb -> {
              if (verb.equals("list")) {
                listings.incrementAndGet();
              }
            });
    Admission admission = new Admission(counted, Uniqueness.ofWhatIsThere(), clock);

    assertThat(admission.admit(batch("a")))
        .extracting(NewTask::origin)
        .containsOnly(IdOrigin.GIVEN);
    assertThat(listings).hasValue(0);
    counted.insert(batch("b"));
    assertThat(admission.admit(batch("a", "b", "c")))
        .singleElement()
        .matches(task -> task.id().value().equals("c") && task.origin() == IdOrigin.LOOKED_UP);
    admission.admit(batch("d"));
    assertThat(listings).hasValue(1);

    // Others insert too.
    counted.insert(batch("e"));
    clock.advance(ofSeconds(11));
    assertThat(admission.admit(batch("e", "f")))
        .extracting(task -> task.id().value())
        .containsExactly("f");
    assertThat(listings).hasValue(2);
  }

  private static List<NewTask> batch(String... ids) {
    return Stream.of(ids)
        .map(id -> new NewTask(new TaskId(id), new Tile(1).payload(), ZERO))
        .toList();
  }
}
