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

/** Many tasks in a file, and back. */
class BundleVerbsTest {

  @TempDir private Path directory;
  private String queue;

  @BeforeEach
  void nameQueue() {
    queue = directory.resolve("q").toString();
  }

  private void insert(String... options) throws IOException {
    Path lines = directory.resolve("tasks.jsonl");
    Files.write(lines, List.of("{\"n\": 1}", "{\"n\": 2}", "{\"n\": 3}"));
    String[] words = new String[3 + options.length];
    words[0] = "insert";
    words[1] = queue;
    words[2] = lines.toString();
    System.arraycopy(options, 0, words, 3, options.length);
    assertThat(Fq.run(words)).isEqualTo(new Fq(ExitCode.DONE, "inserted 3\n", ""));
  }

  private List<String> names(String name) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(name).resolve("queue"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void tasksAreBundledAndUnbundled() throws IOException {
    insert();

    assertThat(Fq.run("bundle", queue)).isEqualTo(new Fq(ExitCode.DONE, "bundled 3\n", ""));
    assertThat(names("q")).singleElement().asString().endsWith(".x3.jsonl");
    assertThat(Fq.run("status", queue, "--json").out()).contains("\"waiting\":3,");

    assertThat(Fq.run("unbundle", queue)).isEqualTo(new Fq(ExitCode.DONE, "unbundled 3\n", ""));
    assertThat(names("q")).hasSize(3).allMatch(name -> name.endsWith(".json"));
    assertThat(Fq.run("unbundle", queue)).isEqualTo(new Fq(ExitCode.DONE, "unbundled 0\n", ""));
  }

  @Test
  void onlyTheStatesAskedForAreBundled() throws IOException {
    insert("--delay", "1d");

    assertThat(Fq.run("bundle", queue).out()).isEqualTo("bundled 0\n");
    assertThat(Fq.run("bundle", queue, "--state", "delayed", "--size", "2").out())
        .isEqualTo("bundled 2\n");

    assertThat(Fq.run("status", queue, "--json").out()).contains("\"delayed\":3,");
  }

  @Test
  void whatCannotBeIsRefusedWithOneLine() throws IOException {
    insert();

    assertThat(Fq.run("bundle", queue, "--size", "1").err())
        .startsWith("fq: --size: expected 2 or more, found 1\n");
    assertThat(Fq.run("bundle", queue, "--state", "leased").err())
        .startsWith("fq: --state: expected waiting or delayed; other tasks keep their files\n");
    assertThat(Fq.run("mv", queue, directory.resolve("w").toString(), "--bundle", "1").err())
        .startsWith("fq: --bundle: expected 2 or more, found 1\n");

    String shared = directory.resolve("shared").toString();
    Path lines = Files.writeString(directory.resolve("one.jsonl"), "{\"n\": 1}\n");
    Fq.run("insert", shared, lines.toString(), "--python");
    for (String verb : List.of("bundle", "unbundle")) {
      Fq refused = Fq.run(verb, shared);
      assertThat(refused.code()).isEqualTo(ExitCode.TROUBLE);
      assertThat(refused.err())
          .isEqualTo("fq: fq://" + shared + ": this kind of queue has no bundles\n");
    }
    Fq moved = Fq.run("mv", queue, shared, "--bundle", "10");
    assertThat(moved.code()).isNotEqualTo(ExitCode.DONE);
    assertThat(moved.err()).contains("this kind of queue has no bundles").hasLineCount(1);
  }

  @Test
  void whatIsMovedOrCopiedIsBundledAtTheEnd() throws IOException {
    insert();
    String second = directory.resolve("second").toString();
    String third = directory.resolve("third").toString();

    assertThat(Fq.run("cp", queue, second, "--bundle", "10").out()).isEqualTo("copied 3\n");
    assertThat(Fq.run("mv", queue, third, "--bundle", "2").out()).isEqualTo("moved 3\n");

    assertThat(names("second")).singleElement().asString().endsWith(".x3.jsonl");
    assertThat(names("third")).hasSize(2).anyMatch(name -> name.endsWith(".x2.jsonl"));
    assertThat(Fq.run("status", third, "--json").out()).contains("\"waiting\":3,");
  }
}
