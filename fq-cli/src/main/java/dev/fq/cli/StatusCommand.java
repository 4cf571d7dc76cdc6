package dev.fq.cli;

import dev.fq.ProgressBar;
import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueStats;
import java.io.IOException;
import java.io.PrintWriter;
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
  private static final int BAR_WIDTH = 50;

  @Mixin private QueueArgument queue;

  @Option(
      names = "--json",
      description =
          "One JSON object: queue, inserted, waiting, delayed, leased, dead, completed; with --watch"
              + " also rate (tasks/s) and eta (seconds), an object a line.")
  private boolean json;

  @Option(
      names = "--watch",
      description = "Every second again, with a bar, the rate over the last minute and the ETA.")
  private boolean watch;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (TaskQueue tasks = queue.open(OpenMode.EXISTING)) {
      if (watch) {
        watch(tasks, Clock.systemUTC());
      } else {
        QueueStats stats = tasks.stats();
        String url = tasks.toString();
        print(
            json
                ? StatusReport.json(url, stats) + "\n"
                : StatusReport.text(url, stats, isExact(tasks)));
      }
      return ExitCode.DONE;
    }
  }

  private static boolean isExact(TaskQueue tasks) {
    return tasks.backend().capabilities().contains(Capability.EXACT_COUNTS);
  }

  /** Until the process is ended. */
  private void watch(TaskQueue tasks, Clock clock) throws IOException, InterruptedException {
    Rate rate = new Rate();
    boolean redraw = !json && ProgressBar.isTerminal(STANDARD_OUTPUT);
    for (String before = ""; ; TimeUnit.SECONDS.sleep(INTERVAL_SECONDS)) {
      QueueStats stats = tasks.stats();
      // Where completions are not counted, what there is less than before has been done.
      OptionalLong left = stats.enqueued();
      if (stats.completed().isPresent() || left.isPresent()) {
        rate.add(clock.instant(), stats.completed().orElse(-left.orElse(0)));
      }
      String frame = frame(tasks, stats, rate);
      print((redraw ? erase(before.lines().count()) : "") + frame);
      before = frame;
    }
  }

  /** ECMA-48: the cursor so many lines up, in the first column; erase what is below. */
  private static String erase(long lines) {
    return lines == 0 ? "" : "\u001B[" + lines + "F\u001B[J";
  }

  private String frame(TaskQueue tasks, QueueStats stats, Rate rate) throws IOException {
    String url = tasks.toString();
    return json
        ? StatusReport.json(url, stats, rate) + "\n"
        : StatusReport.text(url, stats, isExact(tasks))
            + StatusReport.bar(stats, BAR_WIDTH)
            + StatusReport.text(rate, stats.enqueued());
  }

  private void print(String text) {
    PrintWriter out = out();
    out.print(text);
    out.flush();
  }
}
