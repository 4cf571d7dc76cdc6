package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.Gate;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Printable;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Has a queue wait for others. */
@Command(
    name = "gate",
    description = {
      "Have a queue wait for others: workers begin none of its tasks before those are empty, and have"
          + " no dead tasks. Without options, say what it waits for.",
      "",
      "With --after the queue is made where nothing is, so that its gate can be closed before the"
          + " first task comes. Workers look once a second. When the gate has opened it stays open, and"
          + " the file gate in the queue's directory is renamed to gate.opened-TIME. Removing the file"
          + " opens it too. fq wait waits for the gate as well."
    },
    footer = {
      "",
      "Examples:",
      "  fq gate ./level-2 --after ./level-1",
      "  fq gate ./merge --after ./tiles --after sqs://masks --even-if-dead",
      "  fq gate ./level-2              # what it waits for, and why",
      "  fq gate ./level-2 --open"
    })
final class GateCommand extends Verb {

  @Mixin
  private final QueueArgument queue = new QueueArgument(QueueSettings.needing(Capability.GATES));

  @Option(
      names = "--after",
      paramLabel = "QUEUE",
      description = "Wait for this queue; may be given for several.")
  private List<String> after = new ArrayList<>();

  @Option(
      names = "--even-if-dead",
      description = "With --after: whether or not those queues have dead tasks.")
  private boolean evenIfDead;

  @Option(names = "--open", description = "Open the gate now.")
  private boolean open;

  @Override
  public Integer call() throws IOException {
    if (open && !after.isEmpty()) {
      throw refusal("expected either --after or --open, found both");
    }
    if (evenIfDead && after.isEmpty()) {
      throw refusal("--even-if-dead: expected --after beside it");
    }
    requireThatTheyAreThere();
    try (TaskQueue tasks = queue.open(after.isEmpty() ? OpenMode.EXISTING : OpenMode.CREATE)) {
      QueueBackend backend = tasks.backend();
      if (!backend.capabilities().contains(Capability.GATES)) {
        throw new IOException(tasks + ": this kind of queue has no gates");
      }
      if (open) {
        backend.openGate();
      } else if (!after.isEmpty()) {
        backend.closeGate(new Gate(after.stream().map(QueueUrl::parse).toList(), evenIfDead));
      }
      show(backend);
      return ExitCode.DONE;
    }
  }

  /** Before a queue is made that is to wait for them. */
  private void requireThatTheyAreThere() throws IOException {
    for (String other : after) {
      TaskQueue.open(other, OpenMode.EXISTING).close();
    }
  }

  private void show(QueueBackend backend) throws IOException {
    Gate gate = backend.gate().orElse(null);
    if (gate == null) {
      out().println("gate open");
      return;
    }
    out().println("gate closed" + (gate.evenIfDead() ? ", even if dead" : ""));
    List<String> reasons = backend.gateWaitsFor();
    for (QueueUrl url : gate.after()) {
      String found =
          reasons.stream()
              .filter(reason -> reason.startsWith(url + ": "))
              .findFirst()
              .orElse(url + ": empty");
      out().println("  after " + Printable.text(found));
    }
  }
}
