package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.file.format.Holders;
import dev.fq.file.format.QueueDirectory;
import dev.fq.spi.Lease;
import dev.fq.spi.MutableClock;
import dev.fq.spi.OpenMode;
import dev.fq.spi.TaskDetail;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Queues as crashes, full disks and other programs leave them; golden/damaged has them. */
class DamagedQueueTest {

  private final MutableClock clock = new MutableClock(Instant.parse("2026-11-24T16:00:00Z"));
  private final FileSystem fileSystem = Jimfs.newFileSystem(Configuration.unix());
  private final Path root = fileSystem.getPath("/data/q");

  @AfterEach
  void close() throws IOException {
    fileSystem.close();
  }

  private void copy(String golden) throws IOException {
    Path source = Path.of("src/test/resources/golden/damaged", golden);
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = root.resolve(source.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.write(target, Files.readAllBytes(file));
      }
    }
  }

  private FileQueue open() throws IOException {
    return FileQueue.at(root).clock(clock).host("node1").open(OpenMode.EXISTING);
  }

  private Map<String, String> findings() throws IOException {
    Random random = new Random(1);
    OpenQueue opened =
        OpenQueue.of(
            QueueDirectory.open(root, OpenMode.EXISTING), Holders.here(random), clock, random);
    return new SoundnessCheck(opened, false, 100)
        .examine().stream()
            .collect(Collectors.toMap(Finding::check, finding -> finding.level() + " " + finding));
  }

  private List<String> names(String directory) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(directory))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatIsNoWholeTaskIsPutAsideAndNamesThatAreCutAreLeftAlone() throws Exception {
    copy("tasks");
    assertThat(findings().get("bodies")).contains("2 broken");
    assertThat(findings().get("names")).contains("2 in queue/ are none of a task's");

    try (FileQueue queue = open()) {
      List<Lease> leases = queue.lease(10, ofMinutes(5), ZERO);

      assertThat(leases).extracting(lease -> lease.id().value()).containsExactly("whole");
      queue.complete(leases.get(0));
      assertThat(queue.isEmpty()).isTrue();
      Map<String, String> reasons = new TreeMap<>();
      try (Stream<TaskDetail> dead = queue.dead()) {
        dead.forEach(
            task -> reasons.put(task.info().id().value(), task.failures().get(0).reason()));
      }
      assertThat(reasons).containsOnlyKeys("empty", "half");
      assertThat(reasons.values()).allMatch(reason -> reason.startsWith("not a task: "));
    }
    assertThat(names("queue")).containsExactly("0--cut.js", "1795521900--torn.1.node-12-");
    assertThat(names("dead")).containsExactly("empty.json", "empty.log", "half.json", "half.log");
  }

  @Test
  void countWithHolesIsItsLengthAndTheDoctorSaysSo() throws Exception {
    copy("counters");

    try (FileQueue queue = open()) {
      assertThat(queue.stats().inserted()).hasValue(6);
      assertThat(queue.stats().completed()).hasValue(2);
    }
    assertThat(findings().get("counters")).contains(" has holes: two hosts of one name");
  }

  @Test
  void migrationThatWasCutOffIsCarriedOnOrTurnedBack() throws Exception {
    for (boolean toPython : new boolean[] {true, false}) {
      copy("migration");
      assertWhole();

      Migration migration = Migration.of(root, clock, new Random(1));
      if (toPython) {
        migration.toPython(renamed -> {});
      } else {
        migration.toOwnFormat(renamed -> {});
      }

      assertWhole();
      assertThat(names("").contains("movement")).isEqualTo(toPython);
      try (FileQueue queue = open()) {
        assertThat(queue.lease(10, ofMinutes(5), ZERO))
            .extracting(lease -> lease.id().value() + " " + lease.attempt())
            .contains("expired 3", "released 1", "waiting 1");
      }
      wipe();
    }
  }

  private void assertWhole() throws IOException {
    try (FileQueue queue = open()) {
      assertThat(queue.stats().enqueued()).hasValue(5);
      assertThat(queue.stats().dead()).hasValue(1);
      assertThat(queue.stats().inserted()).hasValue(7);
      assertThat(queue.stats().completed()).hasValue(1);
    }
  }

  private void wipe() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
