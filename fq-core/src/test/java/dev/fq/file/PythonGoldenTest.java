package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.file.format.TaskName;
import dev.fq.spi.Envelope;
import dev.fq.spi.Lease;
import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Directories that python-task-queue 2.13.0 has left, and what fq makes of them, to the byte. */
class PythonGoldenTest extends PythonDirectory {

  private static final Path GOLDEN = Path.of("src/test/resources/golden/python-task-queue");

  @Test
  void insertsLeaveToTheByteWhatPythonsLeave() throws Exception {
    for (String golden : List.of("inserted", "delayed")) {
      Map<String, String> expected = tree(GOLDEN.resolve(golden));
      try (FileQueue queue = shared()) {
        for (Map.Entry<String, String> file : expected.entrySet()) {
          if (file.getKey().startsWith("queue/")) {
            TaskName name = TaskName.parse(file.getKey().substring("queue/".length()));
            Duration delay = Duration.ofSeconds(name.due() == 0 ? 0 : name.due() - NOW);
            Payload payload = Envelope.payload(file.getValue());
            queue.insert(List.of(new NewTask(name.id(), payload, delay)));
          }
        }
      }

      assertThat(tree(root)).isEqualTo(expected);
      wipe();
    }
  }

  @Test
  void leaseAndCompletionLeaveToTheByteWhatPythonsLeave() throws Exception {
    restore("delayed");
    Path untouched = root.resolve("queue/0--4bac269c-f0b4-4535-bcb5-c1dafc5bb274.json");
    Path aside = Files.move(untouched, root.resolve("aside"));
    try (FileQueue queue = existing()) {
      for (Lease lease : queue.lease(2, ofDays(1), ZERO)) {
        if (lease.id().value().startsWith("bbf7c297")) {
          queue.complete(lease);
        }
      }
    }
    Files.move(aside, untouched);

    assertThat(tree(root)).isEqualTo(tree(GOLDEN.resolve("worked")));
  }

  @Test
  void releaseLeavesToTheByteWhatPythonsLeavesButForTheDelayedTask() throws Exception {
    restore("worked");
    try (FileQueue queue = existing()) {
      queue.releaseAll(info -> true);
    }

    Map<String, String> released = tree(GOLDEN.resolve("released"));
    Map<String, String> worked = tree(GOLDEN.resolve("worked"));
    assertThat(partOf(tree(root), false)).isEqualTo(partOf(released, false));
    assertThat(partOf(tree(root), true)).isEqualTo(partOf(worked, true)).hasSize(2);
  }

  @Test
  void everythingThatPythonLeftIsWorkedOff() throws Exception {
    for (String golden : List.of("inserted", "delayed", "worked", "released")) {
      restore(golden);
      clock.advance(ofDays(2));
      try (FileQueue queue = existing()) {
        int tasks = names("queue").size();
        List<Lease> leases = queue.lease(100, LEASE, ZERO);
        assertThat(leases).hasSize(tasks).hasSizeGreaterThan(2);
        for (Lease lease : leases) {
          queue.complete(lease);
        }

        assertThat(queue.isEmpty()).isTrue();
        assertThat(names("movement")).isEmpty();
        assertThat(queue.stats().completed()).isEqualTo(queue.stats().inserted());
      }
      wipe();
    }
  }

  @Test
  void operatorReleasesWhatPythonHasLeasedAndLeavesWhatIsOnlyDelayed() throws Exception {
    restore("worked");

    try (FileQueue queue = existing()) {
      assertThat(queue.stats().leased()).hasValue(1);
      assertThat(queue.stats().delayed()).hasValue(1);
      assertThat(queue.stats().waiting()).hasValue(1);

      assertThat(queue.releaseAll(info -> true)).isEqualTo(1);

      assertThat(queue.stats().waiting()).hasValue(2);
      assertThat(queue.stats().delayed()).hasValue(1);
    }
  }

  @Test
  void bothSidesCountInTheSameFiles() throws Exception {
    restore("worked");

    try (FileQueue queue = existing()) {
      assertThat(queue.stats().inserted()).hasValue(4);
      assertThat(queue.stats().completed()).hasValue(1);

      queue.insert(List.of(NewTask.of(Payload.ofJson("1"), ofDays(1))));
      queue.complete(leaseOne(queue));

      assertThat(Files.readString(root.resolve("insertions"))).isEqualTo("5");
      assertThat(Files.readAllBytes(root.resolve("completions"))).isEqualTo(new byte[2]);
      assertThat(queue.stats().inserted()).hasValue(5);
      assertThat(queue.stats().completed()).hasValue(2);
      assertThat(names(""))
          .containsExactly("completions", "dead", "insertions", "movement", "queue", "tmp");
    }
  }

  @Test
  void rezeroLeavesTheCountersAsPythonDoes() throws Exception {
    restore("worked");
    Files.writeString(root.resolve("completions.node7"), "...");

    try (FileQueue queue = existing()) {
      queue.rezero();

      assertThat(Files.readString(root.resolve("insertions"))).isEqualTo("0");
      assertThat(Files.readAllBytes(root.resolve("completions"))).isEmpty();
      assertThat(queue.stats().completed()).hasValue(0);
    }
  }

  /** What is of the delayed task, or all but that. */
  private static Map<String, String> partOf(Map<String, String> tree, boolean delayed) {
    Map<String, String> part = new TreeMap<>(tree);
    part.keySet().removeIf(name -> name.contains("f7774283") != delayed);
    return part;
  }

  /** All files but those in directories that Python does not look into, and what is in them. */
  private static Map<String, String> tree(Path top) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(top)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = top.relativize(file).toString();
        if (!name.startsWith("dead/") && !name.startsWith("tmp/")) {
          files.put(name, Files.readString(file));
        }
      }
    }
    return files;
  }

  /** Python has made its directories, if only for nothing. */
  private void restore(String golden) throws IOException {
    Files.createDirectories(root.resolve("movement"));
    Files.createDirectories(root.resolve("queue"));
    for (Map.Entry<String, String> file : tree(GOLDEN.resolve(golden)).entrySet()) {
      Files.writeString(root.resolve(file.getKey()), file.getValue());
    }
  }

  private void wipe() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.delete(file);
      }
    }
  }
}
