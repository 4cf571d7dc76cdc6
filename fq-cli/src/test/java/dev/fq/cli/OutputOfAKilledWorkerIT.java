package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a task wrote before its worker was killed. */
class OutputOfAKilledWorkerIT {

  private static final String LONG_OUTPUT = "seq 1 20; sleep 60";

  private static final String LAST_TEN_BYTES = "\n18\n19\n20\n";

  @TempDir private Path directory;

  private FqProcess fq(String name, String... arguments) throws Exception {
    return FqProcess.run(directory, name, arguments);
  }

  /** Of 51 bytes the first ten and the last ten are kept. */
  @Test
  void isThereAsOtherProcessesSawItBefore() throws Exception {
    String id =
        fq("submit", "submit", "q", "--print-ids", "--", "sh", "-c", LONG_OUTPUT).out().strip();
    FqProcess worker =
        FqProcess.start(
            directory,
            "work",
            "work",
            "q",
            "--lease",
            "2s",
            "--output",
            "all",
            "--output-limit",
            "20");
    String before = "";
    for (int look = 0; !before.endsWith("20\n"); look++) {
      assertThat(worker.isAlive()).isTrue();
      before = fq("look" + look, "log", "q", id).out();
    }

    worker.kill();

    FqProcess after = fq("after", "log", "q", id, "--follow");
    assertThat(after.out()).isEqualTo("1\n2\n3\n4\n5\n" + LAST_TEN_BYTES);
    assertThat(after.err()).isEqualTo("fq: 31 bytes are not kept here (fq work --output-limit)\n");
    assertThat(before).isEqualTo(after.out());
  }
}
