package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Gives leases back. */
@Command(
    name = "release",
    description = {
      "Give leased tasks back, so that others can work on them at once: those named, those of a"
          + " host, or all.",
      "",
      "A worker that still works on such a task has lost its lease. It interrupts the task when it"
          + " next renews the lease, a third of its --lease time away at most. Delayed tasks"
          + " stay delayed. Ends with 1 when a named task is not leased."
    },
    footer = {
      "",
      "Examples:",
      "  fq release ./q --host node12     # node12 has died",
      "  fq release ./q                   # all workers are gone"
    })
final class ReleaseCommand extends Verb {

  @Mixin
  private final QueueAndIds queue = new QueueAndIds(QueueSettings.needing(Capability.RELEASE_ALL));

  @Option(names = "--host", paramLabel = "NAME", description = "Release what this host holds.")
  private @Nullable String host;

  @Override
  public Integer call() throws IOException {
    QueueAndIds.Selection selection = queue.selection();
    String only = host;
    if (only != null && !selection.isAll()) {
      throw refusal("expected either IDs or --host, found both");
    }
    try (TaskQueue tasks = queue.open()) {
      if (!tasks.backend().capabilities().contains(Capability.RELEASE_ALL)) {
        throw new IOException(tasks + ": this kind of queue cannot release the tasks of others");
      }
      long released =
          tasks
              .backend()
              .releaseAll(
                  info -> selection.meets(info.id()) && (only == null || info.isHeldOn(only)));
      out().println("released " + released);
      return selection.report(this, "leased");
    }
  }
}
