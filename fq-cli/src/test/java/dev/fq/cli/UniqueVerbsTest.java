package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that are there already are not inserted again. */
class UniqueVerbsTest {

  @TempDir private Path directory;
  private String queue;

  @BeforeEach
  void name() {
    queue = directory.resolve("q").toString();
  }

  private Fq submit(String... words) {
    return Fq.run(
        Stream.concat(Stream.of("submit", queue), Stream.of(words)).toArray(String[]::new));
  }

  private Fq insert(String lines, String... options) throws IOException {
    Path file = Files.writeString(directory.resolve("tasks.jsonl"), lines);
    return Fq.run(
        Stream.concat(Stream.of("insert", queue, file.toString()), Stream.of(options))
            .toArray(String[]::new));
  }

  private List<String> ids() {
    return Fq.run("list", queue, "--short")
        .out()
        .lines()
        .map(line -> line.split(" ", 2)[0])
        .sorted()
        .toList();
  }

  @Test
  void commandGoesInOnceUnderItsId() {
    assertThat(submit("--id", "tile-1", "--", "true").out()).isEqualTo("inserted 1: tile-1\n");
    assertThat(submit("--id", "tile-1", "--", "true"))
        .isEqualTo(new Fq(ExitCode.DONE, "inserted 0, there already 1\n", ""));
    assertThat(submit("--id", "tile-1", "--print-ids", "--", "true").out()).isEmpty();
    assertThat(ids()).containsExactly("tile-1");
  }

  @Test
  void eachOfSeveralCommandsHasAnIdOfItsInput() {
    Fq several = submit("--id", "t-{/.}", "--", "echo", "{}", ":::", "/d/a.tif", "b.tif", "a.jpg");

    assertThat(several.out()).isEqualTo("inserted 2, there already 1\n");
    assertThat(ids()).containsExactly("t-a", "t-b");
  }

  @Test
  void idThatCannotBeIsRefusedAndSaysOfWhichInput() {
    assertThat(submit("--id", "a b", "--", "true").code()).isEqualTo(ExitCode.USAGE);
    assertThat(submit("--id", "a", "--", "echo", ":::", "1", "2").err())
        .contains("--id: expected {} in it")
        .contains("found \"a\"");
    assertThat(submit("--id", "t-{}", "--", "echo", ":::", "1", "a/b").err())
        .isEqualTo(
            "fq: input 2: task id \"t-a/b\": expected 1 to 64 characters of A-Z a-z 0-9 - _;"
                + " 1 task before it was inserted\n");
  }

  @Test
  void commandsThatAreThereArePassedOver() {
    submit("--unique", "--", "echo", ":::", "1", "2", "3");

    assertThat(submit("--unique", "--", "echo", ":::", "1", "2", "3", "4").out())
        .isEqualTo("inserted 1, there already 3\n");
    assertThat(ids()).hasSize(4);
  }

  @Test
  void commandsThatWereCompletedLatelyArePassedOverWhereThatIsRecorded() {
    submit("--unique", "--", "true");
    assertThat(submit("--unless-completed", "1h", "--", "true").err())
        .contains("expected that workers record outcomes")
        .contains("say fq record on");

    Fq.run("record", "on", queue);
    Fq.run("work", queue, "--exit-on-empty");

    assertThat(submit("--unless-completed", "1h", "--", "true").out())
        .isEqualTo("inserted 0, there already 1\n");
    assertThat(submit("--unique", "--", "true").out()).startsWith("inserted 1: ");
  }

  @Test
  void idsOfTasksAreInAField() throws Exception {
    String lines =
        """
        {"name": "n1", "at": [7], "class": "Tile"}
        {"name": "n1", "class": "Tile"}
        {"name": "n2", "at": [8], "class": "Tile"}
        """;

    assertThat(insert(lines, "--id-field", "name").out())
        .isEqualTo("inserted 2, there already 1\n");
    assertThat(ids()).containsExactly("n1", "n2");
    assertThat(insert(lines, "--id-field", "/at/0").err())
        .isEqualTo(
            "fq: line 2: field \"/at/0\": expected an id, 1 to 64 characters of A-Z a-z 0-9 - _,"
                + " found none; 1 task before it was inserted\n");
    assertThat(insert("{\"class\": \"Tile\", \"name\": 7.5}", "--id-field", "name").err())
        .contains("line 1: field \"name\": expected an id")
        .contains("found 7.5");
    assertThat(ids()).containsExactly("7", "n1", "n2");
  }

  @Test
  void uniqueTasksAreNotBundled() {
    assertThat(submit("--unique", "--bundle", "10", "--", "echo", ":::", "1").err())
        .contains("bundle: unique tasks get a file each");
    assertThat(directory.resolve("q")).doesNotExist();
  }
}
