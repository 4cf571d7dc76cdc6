package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made from the commands: the reference in docs, manual pages. */
class ManualTest {

  @Test
  void referenceInDocsIsWhatTheCommandsSay() throws Exception {
    assertThat(Manual.markdown(Main.commandLine(Map.of())))
        .as("docs/cli.md; after a change of the commands copy fq-cli/target/dist/cli.md there")
        .isEqualTo(Files.readString(Path.of("../docs/cli.md")));
  }

  @Test
  void everyVerbHasAPage(@TempDir Path directory) throws Exception {
    Manual.main(new String[] {directory.toString()});

    for (String verb : Main.commandLine(Map.of()).getSubcommands().keySet()) {
      assertThat(directory.resolve("man/man1/fq-" + verb + ".1"))
          .content()
          .contains(".SH NAME\nfq\\-" + verb + " \\- ", ".SH SYNOPSIS\n.nf\nfq " + verb);
    }
    assertThat(directory.resolve("man/man1/fq.1")).content().contains(".B rezero\n");
    try (Stream<Path> pages = Files.list(directory.resolve("man/man1"))) {
      assertThat(pages).allSatisfy(page -> assertThat(page).content().doesNotContain("%n"));
    }
    assertThat(directory.resolve("man/man1/fq-work.1"))
        .content()
        .contains(
            ".TP\n.B \\-n, \\-\\-slots=SLOTS\nHow many tasks run at once that take one slot each; 1 unless"
                + " given.",
            ".SH EXAMPLES\n.nf\n  fq work ./q \\-n 8\n");
  }
}
