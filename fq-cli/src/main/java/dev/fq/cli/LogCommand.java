package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.OutputLog;
import dev.fq.spi.OutputLog.Channel;
import dev.fq.spi.OutputLog.Output;
import dev.fq.spi.OutputLog.Part;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what a task wrote. */
@Command(
    name = "log",
    description = {
      "Print what a task has written to its standard output, byte for byte, where workers keep it"
          + " (fq work --output all). While the task runs, that is what it wrote until a second ago,"
          + " on whichever host; of a killed worker, until a second before.",
      "",
      "Of long outputs the middle is not kept; what is missing is said on standard error. Ends with"
          + " 1 when nothing of the task is kept."
    },
    footer = {
      "",
      "Examples:",
      "  fq log ./q 01a20c14-605a-728f-8d07-778cf65eeacb",
      "  fq log ./q 01a20c14-605a-728f-8d07-778cf65eeacb --stderr --follow",
      "  fq dead list ./q --json | jq -r .id | while read -r id; do fq log ./q $id --stderr; done"
    })
final class LogCommand extends Verb {

  /** Between two looks at a task that runs. */
  private static final long PAUSE_MILLIS = 500;

  /**
   * So many looks in a row must find that nothing more comes: one may miss a task that is renamed
   * just then, and a worker writes the last of an output up to a second after the task has ended.
   */
  private static final int LAST_LOOKS = 4;

  @Mixin private final QueueAndIds queue = new QueueAndIds(QueueSettings.ofAny());

  @Option(
      names = "--attempt",
      paramLabel = "N",
      description = "That of the attempt with this number, from 1; of the last one unless given.")
  private @Nullable Integer attempt;

  @Option(names = "--stderr", description = "Its standard error instead.")
  private boolean isError;

  @Option(
      names = {"-f", "--follow"},
      description =
          "Go on printing until the attempt has ended, or nobody works on the task any more; waits"
              + " for an attempt that has not begun.")
  private boolean follow;

  @Mixin private final OutputArgument outputs = new OutputArgument();

  private long printed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Set<TaskId> ids = queue.ids();
    if (ids.size() != 1) {
      throw refusal("expected the ID of one task, found " + ids.size());
    }
    TaskId id = ids.iterator().next();
    try (TaskQueue tasks = queue.open()) {
      Output output = follow(id, outputs.of(tasks).search(id), tasks.backend());
      if (output == null) {
        err()
            .printf(
                "fq: no output of %stask %s is kept%n",
                attempt == null ? "" : "attempt " + attempt + " at ", id);
        return ExitCode.TROUBLE;
      }
      print(output);
      return ExitCode.DONE;
    }
  }

  /** Prints as the output grows, if that is wanted; the output as it is in the end. */
  private @Nullable Output follow(TaskId id, OutputLog.Search search, QueueBackend backend)
      throws IOException, InterruptedException {
    Output output = wanted(search.attempts(), null);
    if (!follow) {
      return output;
    }
    int last = 0;
    while (!isOver(output) && last < LAST_LOOKS) {
      if (output != null) {
        print(output);
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      last = isToCome(id, backend, output) ? 0 : last + 1;
      output = wanted(search.attempts(), output);
    }
    return output;
  }

  private static boolean isOver(@Nullable Output output) {
    return output != null && output.result().isPresent();
  }

  /** The one that is being printed, or else the last that has the wanted number. */
  private @Nullable Output wanted(List<Output> attempts, @Nullable Output before) {
    Output last = null;
    for (Output each : attempts) {
      boolean isThat =
          before == null
              ? attempt == null || each.attempt() == attempt
              : each.attempt() == before.attempt() && each.begun().equals(before.begun());
      last = isThat ? each : last;
    }
    return last;
  }

  /** A service does not say who works on a task: there only the end of an attempt ends this. */
  private static boolean isToCome(TaskId id, QueueBackend backend, @Nullable Output output)
      throws IOException {
    if (!backend.capabilities().contains(Capability.LIST)) {
      return true;
    }
    Optional<TaskDetail> task = backend.peek(id);
    return output == null
        ? task.filter(found -> found.info().state() != TaskState.DEAD).isPresent()
        : task.filter(found -> found.info().state() == TaskState.LEASED).isPresent();
  }

  /** Prints what was not printed yet. */
  private void print(Output output) throws IOException {
    OutputStream bytes = FqCommand.bytes(spec());
    try (Stream<Part> parts = output.read(isError ? Channel.ERR : Channel.OUT, printed)) {
      for (Iterator<Part> all = parts.iterator(); all.hasNext(); ) {
        Part part = all.next();
        if (part.from() > printed) {
          bytes.flush();
          err()
              .printf(
                  "fq: %s bytes are not kept here (fq work --output-limit)%n",
                  part.from() - printed);
        }
        bytes.write(part.bytes());
        printed = part.from() + part.bytes().length;
      }
    }
    bytes.flush();
  }
}
