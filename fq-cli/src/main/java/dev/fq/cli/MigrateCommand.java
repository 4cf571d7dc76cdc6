package dev.fq.cli;

import dev.fq.ProgressBar;
import dev.fq.file.Migration;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Turns a file queue from one format into the other. */
@Command(
    name = "migrate",
    description = {
      "Turn a file queue that is shared with python-task-queue into fq's own format, or back: in"
          + " place, a rename a task.",
      "",
      "All workers have to be stopped, and nothing may be leased. Attempts of fq's workers,"
          + " delays, failures, dead tasks and counts stay. One that was broken off is carried on"
          + " by the next."
    },
    footer = {
      "",
      "Examples:",
      "  fq migrate ./q                   # no worker of Python comes any more",
      "  fq migrate ./q --to python"
    })
final class MigrateCommand extends Verb {

  private static final String FILE_QUEUE = "fq";

  /** What a queue can be turned into. */
  enum Format {
    FQ("fq's own format"),
    PYTHON("python-task-queue's format");

    private final String title;

    Format(String title) {
      this.title = title;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "QUEUE",
      description = "The queue: a directory or an fq:// URL.")
  private @Nullable String given;

  @Option(
      names = "--to",
      paramLabel = "FORMAT",
      description =
          "fq, or python for one that python-task-queue's workers can share; fq unless given.")
  private Format to = Format.FQ;

  @Override
  public Integer call() throws IOException {
    QueueUrl url = QueueUrl.parse(QueueArgument.url(spec(), given));
    if (!url.scheme().equals(FILE_QUEUE)) {
      throw new IOException(url + ": expected a file queue; others have one format");
    }
    Migration migration = Migration.of(Path.of(url.place()));
    try (ProgressBar bar = ProgressBar.named("renaming")) {
      long renamed =
          to == Format.FQ
              ? migration.toOwnFormat(done -> bar.at(done, -1))
              : migration.toPython(done -> bar.at(done, -1));
      out().printf("renamed %s; it is in %s now%n", renamed, to.title);
    }
    return ExitCode.DONE;
  }
}
