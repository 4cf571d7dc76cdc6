package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.file.FileQueue;
import dev.fq.spi.OpenMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every line of docs/operating.md as shown, and compares what it prints with what is shown.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "sed -i and others are GNU's")
class OperatingGuideIT {

  private static final Path GUIDE = Path.of("../docs/operating.md");

  @TempDir private Path directory;

  @Test
  void everyLineOfTheGuideDoesWhatItShows() throws Exception {
    makeQueue();
    ConsoleGuide guide = ConsoleGuide.read(GUIDE);
    assertThat(guide.steps()).hasSizeGreaterThan(20);

    guide.run(directory, InstalledFq.environment(directory));
  }

  private void makeQueue() throws IOException {
    Path root = directory.resolve("q");
    FileQueue.at(root).open(OpenMode.CREATE).close();
    for (String name :
        List.of(
            "0--a1.json",
            "0--a2.json",
            "0--b7.1.json",
            "4102444800--c1.1.node1-4711-k3v9q0ab.json",
            "4102444800--c2.1.node2-815-a1b2c3d4.json",
            "4102444800--c3.3.node2-815-e5f6g7h8.json",
            "4102448400--d1.json",
            "4102448400--d2.2.json")) {
      String id = name.replaceFirst(".*--", "").replaceFirst("\\..*", "");
      Files.writeString(root.resolve("queue").resolve(name), body(id));
    }
    Path big = directory.resolve("big");
    FileQueue.at(big).open(OpenMode.CREATE).close();
    Files.writeString(
        big.resolve("queue/0--b1.x4.jsonl"), body("m1") + body("m2") + body("m3") + body("m4"));
    Files.writeString(root.resolve("dead/e1.json"), body("e1"));
    Files.writeString(
        root.resolve("dead/e1.log"),
        "{\"attempt\":5,\"holder\":\"node1-4711-00000005\",\"at\":\"2099-12-31T23:00:00Z\","
            + "\"reason\":\"exit code 1\\nno such tile\"}\n");
    Files.writeString(root.resolve("insertions.head"), ".".repeat(21));
    Files.writeString(root.resolve("completions.node1"), ".".repeat(5));
    Files.writeString(root.resolve("completions.node2"), ".".repeat(7));
  }

  private static String body(String id) {
    return "{\"payload\": {\"argv\": [\"tile\", \"--level\", \"3\", \""
        + id
        + "\"], \"class\": \"CommandTask\"}, \"queueName\": \"fq:///data/q\", \"id\": \""
        + id
        + "\"}\n";
  }
}
