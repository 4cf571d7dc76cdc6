package dev.fq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.CommandTask;
import dev.fq.TaskQueue;
import dev.fq.Worker;
import dev.fq.WorkerReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A directory and a queue of SQS, side by side. */
@Timeout(120)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the commands are those of a Unix shell")
class SeveralKindsTest {

  private static final AtomicInteger QUEUES = new AtomicInteger();
  private static LocalServer server;

  @TempDir Path directory;
  private TaskQueue files;
  private TaskQueue sqs;

  @BeforeAll
  static void start() {
    server = new LocalServer(Clock.systemUTC());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    String name = "several" + QUEUES.incrementAndGet();
    server.queue(name).open().close();
    files = TaskQueue.open(directory.resolve("q").toString());
    sqs = TaskQueue.open("sqs://" + name + "?endpoint=" + server.endpoint());
  }

  @AfterEach
  void close() throws IOException {
    files.close();
    sqs.close();
  }

  private CommandTask writing(String text) {
    return new CommandTask(
        List.of("sh", "-c", "echo \"" + text + "\" >> " + directory.resolve("written")),
        null,
        Map.of());
  }

  private List<String> written() throws IOException {
    Path file = directory.resolve("written");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  @Test
  void oneWorkerWorksOnBothInEitherOrder() throws Exception {
    for (List<TaskQueue> order : List.of(List.of(files, sqs), List.of(sqs, files))) {
      files.insert(IntStream.range(0, 20).mapToObj(i -> writing("files")));
      sqs.insert(IntStream.range(0, 20).mapToObj(i -> writing("sqs")));

      WorkerReport report =
          Worker.of(order.get(0), order.get(1)).slots(4).maxTasks(40).build().run();

      assertThat(report.completed()).isEqualTo(40);
      assertThat(report.queues())
          .extracting(WorkerReport.OfQueue::completed)
          .containsExactly(20L, 20L);
    }
  }

  @Test
  void idleWorkerHearsOfTasksInEither() throws Exception {
    Worker worker = Worker.of(files, sqs).build();
    Thread working =
        new Thread(
            () -> {
              try {
                worker.run();
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    working.start();

    for (int i = 1; i <= 6; i++) {
      (i % 2 == 0 ? files : sqs).insert(writing("task " + i));
      int done = i;
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> written().contains("task " + done));
    }
    worker.stop();
    working.join();

    assertThat(written()).as("each once").hasSize(6);
  }

  @Test
  void commandFindsTheAddressThatItCanOpen() throws Exception {
    sqs.insert(writing("$FQ_QUEUE"));

    sqs.worker().maxTasks(1).build().run();

    assertThat(written()).containsExactly(sqs + "?endpoint=" + server.endpoint());
    TaskQueue.open(written().get(0)).close();
  }

  @Test
  void gateKeepsTheOptionsOfTheQueueThatItWaitsFor() throws Exception {
    files.closeGate(sqs);

    assertThat(Files.readString(directory.resolve("q/gate")))
        .isEqualTo("after " + sqs + "?endpoint=" + server.endpoint() + "\n");
  }
}
