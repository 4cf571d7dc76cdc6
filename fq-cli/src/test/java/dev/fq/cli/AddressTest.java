package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues with unusual names: every process that is given the address opens the same queue. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "file names as Unix has them")
class AddressTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"q?mode=2770", "q#1", "50%", "%3F", "my queue", "a\nb", "ä€"})
  void queueThatACommandIsToldOfIsTheQueueItComesFrom(String name) throws Exception {
    Path queue = directory.resolve(name);
    String path = queue.toString();
    Path told = directory.resolve("told");
    Fq.run("submit", path, "--", "sh", "-c", "printf %s \"$FQ_QUEUE\" > '" + told + "'");

    assertThat(Fq.run("work", path, "--exit-on-empty").code()).isZero();

    String url = Files.readString(told);
    assertThat(url).startsWith("fq:///").doesNotContain("\n");
    Fq.run("submit", url, "--", "true");
    assertThat(Fq.run("status", path, "--json").out()).contains("\"inserted\":2,");
    try (var made = Files.list(directory)) {
      assertThat(made.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(name, "told");
    }
  }

  @Test
  void parentBehindALinkIsTheLinksOwn() throws Exception {
    Path there = Files.createDirectories(directory.resolve("real/deep"));
    Files.createSymbolicLink(directory.resolve("link"), there);

    Fq.run("submit", directory + "/link/../q", "--cwd", directory + "/link/..", "--", "touch", "x");
    Fq.run("work", directory + "/real/q", "--exit-on-empty");

    assertThat(directory.resolve("real/q/queue")).isDirectory();
    assertThat(directory.resolve("real/x")).exists();
    assertThat(directory.resolve("q")).doesNotExist();
  }

  @Test
  void danglingLinkIsOneClearLine() throws Exception {
    Files.createSymbolicLink(directory.resolve("link"), Path.of("nowhere"));

    for (String verb : new String[] {"status", "work", "list"}) {
      for (String path : new String[] {"link", "link/q"}) {
        Fq fq = Fq.run(verb, directory.resolve(path).toString());

        assertThat(fq.code()).isEqualTo(ExitCode.TROUBLE);
        assertThat(fq.err())
            .isEqualTo(
                "fq: %s/link: a symbolic link to nowhere, where nothing is; make that, or remove the link\n"
                    .formatted(directory));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fq:/q", "sqs:tiles", "sqs:/tiles", "file:/q", "PUBSUB:x"})
  void addressThatIsNearlyRightIsRefused(String address) {
    Fq fq = Fq.run("status", address);

    assertThat(fq.code()).isEqualTo(ExitCode.USAGE);
    assertThat(fq.err())
        .isEqualTo(
            "fq: queue \"%s\": expected SCHEME://PLACE or a path; for a directory of this name write ./%s\n"
                .formatted(address, address));
  }

  @Test
  void percentThatBeginsNoByteIsRefused() {
    assertThat(Fq.run("status", "fq:///a%zz").err())
        .isEqualTo(
            "fq: queue \"fq:///a%zz\": expected two hexadecimal digits after each %, found \"zz\";"
                + " %25 is a %\n");
  }
}
