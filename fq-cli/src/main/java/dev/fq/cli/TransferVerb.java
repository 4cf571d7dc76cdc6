package dev.fq.cli;

import dev.fq.IncompleteInsertException;
import dev.fq.InsertOptions;
import dev.fq.ProgressBar;
import dev.fq.TaskQueue;
import dev.fq.TasksStayException;
import dev.fq.spi.QueueOption.Use;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the verbs that bring tasks from one queue to another have in common. */
abstract class TransferVerb extends Verb {

  private static final int MOST_NAMED = 20;

  @Mixin private final QueueSettings settings = QueueSettings.with(Use.CREATE);

  @Parameters(index = "0", paramLabel = "SRC", description = "The queue to take tasks from.")
  private String source;

  @Parameters(
      index = "1",
      paramLabel = "DST",
      description = "The queue to put them into; a file queue is made where nothing is.")
  private String destination;

  @Option(
      names = "--bundle",
      paramLabel = "N",
      description =
          "Afterwards put what waits in DST with a file each into files of up to N tasks, as fq"
              + " bundle does.")
  private int bundle;

  /** Transfers all; how many. */
  abstract long transfer(TaskQueue from, TaskQueue to, InsertOptions options)
      throws IOException, InterruptedException;

  /** What was done to the tasks. */
  abstract String done();

  private void tell(TasksStayException e) {
    Map<TaskId, String> staying = e.staying();
    staying.entrySet().stream()
        .limit(MOST_NAMED)
        .forEach(
            task ->
                err().printf("fq: %s stays in %s: %s%n", task.getKey(), source, task.getValue()));
    if (staying.size() > MOST_NAMED) {
      err().printf("fq: and %s more%n", staying.size() - MOST_NAMED);
    }
    err()
        .printf(
            "fq: %s tasks stay in %s, since %s has tasks of their ids; remove one of each two, and"
                + " move again%n",
            staying.size(), source, destination);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    settings.requireKnown(List.of(source, destination));
    if (bundle < 0 || bundle == 1) {
      throw refusal("--bundle: expected 2 or more, found " + bundle);
    }
    try (TaskQueue from = settings.source(source).open();
        TaskQueue to = settings.destination(destination).open();
        ProgressBar bar = ProgressBar.named(done())) {
      Signals.stopGently(Thread.currentThread()::interrupt);
      InsertOptions options =
          InsertOptions.none().total(from.enqueued().orElse(-1)).progress(bar).bundle(bundle);
      long count = transfer(from, to, options);
      out().println(done() + " " + count);
      return ExitCode.DONE;
    } catch (TasksStayException e) {
      out().println(done() + " " + e.moved());
      tell(e);
      return ExitCode.TROUBLE;
    } catch (IncompleteInsertException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "%s; %s tasks before it were %s".formatted(Trouble.line(cause), e.inserted(), done()), e);
    }
  }
}
