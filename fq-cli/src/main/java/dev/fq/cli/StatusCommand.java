package dev.fq.cli;

import dev.fq.ProgressBar;
import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueStats;
import java.io.IOException;
import java.time.Clock;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows how a queue stands. */
@Command(
    name = "status",
    description = {
      "Show how many tasks a queue has, by state, and how many it has had.",
      "",
      "Figures are counted from names while others work, and may be off by what moves meanwhile."
    },
    footer = {
      "",
      "Examples:",
      "  fq status ./q",
      "  fq status ./q --watch",
      "  fq status ./q --json | jq .waiting"
    })
final class StatusCommand extends Verb {

  private static final long INTERVAL_SECONDS = 1;
  private static final int STANDARD_OUTPUT = 1;
  private static final int MAX_BAR_WIDTH = 50;

  @Mixin private final QueueArgument queue = new QueueArgument(QueueSettings.ofAny());

  @Option(
      names = "--json",
      description =
          "One JSON object: queue, inserted, waiting, delayed, leased, dead, completed, gate (a list of"
              + " what it waits for), limit (in words, or null); with --watch also rate (tasks/s) and eta (seconds, without the"
              + " delayed tasks), an object a line.")
  private boolean json;

  @Option(
      names = "--watch",
      description =
          "Every second again, with a bar, the rate over the last minute and the time that the"
              + " waiting and leased tasks take at it (ETA).")
  private boolean watch;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (TaskQueue tasks = queue.open(OpenMode.EXISTING)) {
      if (watch) {
        watch(tasks, FqCommand.clock(spec()));
      } else {
        QueueStats stats = tasks.stats();
        String url = tasks.toString();
        out()
            .print(
                json
                    ? StatusReport.json(url, stats, restraints(tasks)) + "\n"
                    : StatusReport.text(url, stats, isExact(tasks)) + restraints(tasks).text());
        out().flush();
      }
      return ExitCode.DONE;
    }
  }

  private static StatusReport.Restraints restraints(TaskQueue tasks) throws IOException {
    return StatusReport.Restraints.of(tasks.backend());
  }

  private static boolean isExact(TaskQueue tasks) {
    return tasks.backend().capabilities().contains(Capability.EXACT_COUNTS);
  }

  /** Until the process is ended, or nobody reads what it prints any more. */
  private void watch(TaskQueue tasks, Clock clock) throws IOException, InterruptedException {
    if (!json && ProgressBar.isTerminal(STANDARD_OUTPUT)) {
      try (LiveText live = LiveText.open()) {
        watch(tasks, clock, sample -> live.drawing(frame(sample, barWidth(live.columns()))));
      }
    } else {
      watch(tasks, clock, sample -> frame(sample, MAX_BAR_WIDTH));
    }
  }

  /** What is known at one moment. */
  private record Sample(TaskQueue tasks, QueueStats stats, Rate rate) {}

  private interface View {
    String of(Sample sample) throws IOException;
  }

  private void watch(TaskQueue tasks, Clock clock, View view)
      throws IOException, InterruptedException {
    Rate rate = new Rate();
    Output output = new Output(out());
    while (output.isRead()) {
      QueueStats stats = tasks.stats();
      // Where completions are not counted, what there is less than before has been done.
      OptionalLong left = stats.enqueued();
      if (stats.completed().isPresent() || left.isPresent()) {
        rate.add(clock.instant(), stats.completed().orElse(-left.orElse(0)));
      }
      output.text(view.of(new Sample(tasks, stats, rate)));
      output.flush();
      TimeUnit.SECONDS.sleep(INTERVAL_SECONDS);
    }
  }

  private static int barWidth(int columns) {
    return Math.min(MAX_BAR_WIDTH, columns - StatusReport.AROUND_THE_BAR);
  }

  private String frame(Sample sample, int barWidth) throws IOException {
    String url = sample.tasks.toString();
    return json
        ? StatusReport.json(url, sample.stats, sample.rate, restraints(sample.tasks)) + "\n"
        : StatusReport.text(url, sample.stats, isExact(sample.tasks))
            + restraints(sample.tasks).text()
            + StatusReport.bar(sample.stats, barWidth)
            + StatusReport.text(sample.rate, sample.stats);
  }
}
