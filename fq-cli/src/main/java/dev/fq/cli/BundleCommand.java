package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.OpenMode;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Puts tasks that have a file each into bundles. */
@Command(
    name = "bundle",
    description = {
      "Put tasks that have a file each into files of many.",
      "",
      "Those that were attempted keep their files, and so does what is leased. Workers may go on"
          + " meanwhile. New tasks come in as bundles with fq submit --bundle and fq insert --bundle."
    },
    footer = {
      "",
      "Examples:",
      "  fq bundle ./q",
      "  fq bundle ./q --size 200 --state waiting,delayed"
    })
final class BundleCommand extends Verb {

  private static final Set<TaskState> POSSIBLE = EnumSet.of(TaskState.WAITING, TaskState.DELAYED);

  @Mixin
  private final QueueArgument queue = new QueueArgument(QueueSettings.needing(Capability.BUNDLES));

  @Option(
      names = "--size",
      paramLabel = "N",
      defaultValue = "1000",
      description = "How many tasks a file has at most; ${DEFAULT-VALUE} unless given.")
  private int size;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      split = ",",
      description = "Only these: waiting, delayed; waiting unless given.")
  private Set<TaskState> states = EnumSet.of(TaskState.WAITING);

  @Override
  public Integer call() throws IOException {
    if (size < 2) {
      throw refusal("--size: expected 2 or more, found " + size);
    }
    if (!POSSIBLE.containsAll(states)) {
      throw refusal("--state: expected waiting or delayed; other tasks keep their files");
    }
    try (TaskQueue tasks = queue.open(OpenMode.EXISTING)) {
      requireBundles(tasks);
      long bundled = tasks.backend().bundle(size, task -> states.contains(task.state()));
      out().println("bundled " + bundled);
      return ExitCode.DONE;
    }
  }

  static void requireBundles(TaskQueue tasks) throws IOException {
    if (!tasks.backend().capabilities().contains(Capability.BUNDLES)) {
      throw new IOException(tasks + ": this kind of queue has no bundles");
    }
  }
}
