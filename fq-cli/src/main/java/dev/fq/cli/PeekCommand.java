package dev.fq.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.Envelope;
import dev.fq.spi.Failure;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Payload;
import dev.fq.spi.Printable;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskLimits;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows all that is known of a task. */
@Command(
    name = "peek",
    description = {
      "Show a task: its state, attempt, due, holder and payload, and how its attempts failed.",
      "",
      "Ends with 1 when it is not in the queue. SQS and Pub/Sub cannot find a task by its" + " id."
    },
    footer = {
      "",
      "Examples:",
      "  fq peek ./q 01a20c14-605a-728f-8d07-778cf65eeacb",
      "  fq peek ./q 01a20c14-605a-728f-8d07-778cf65eeacb --json | jq .payload"
    })
final class PeekCommand extends Verb {

  private static final String FIELD = "%-9s %s%n";

  @Mixin private QueueAndIds queue;

  @Option(
      names = "--json",
      description =
          "One JSON object: id, state, attempt, due, holder, payload (null if it cannot be read),"
              + " limits, failures.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Set<TaskId> ids = queue.ids();
    if (ids.size() != 1) {
      throw refusal("expected the ID of one task, found " + ids.size());
    }
    try (TaskQueue tasks = queue.open()) {
      if (!tasks.backend().capabilities().contains(Capability.LIST)) {
        throw new IOException(tasks + ": this kind of queue cannot find a task by its id");
      }
      TaskId id = ids.iterator().next();
      Optional<TaskDetail> task = tasks.backend().peek(id);
      if (task.isEmpty()) {
        err().println("fq: not in the queue: " + id);
        return ExitCode.TROUBLE;
      }
      if (json) {
        out().println(json(task.get()));
      } else {
        print(task.get());
      }
      return ExitCode.DONE;
    }
  }

  private void print(TaskDetail task) {
    TaskInfo info = task.info();
    PrintWriter out = out();
    out.printf(FIELD, "Id", info.id());
    out.printf(FIELD, "State", info.state().label());
    if (info.attempt() > 0) {
      out.printf(FIELD, "Attempt", info.attempt());
    }
    if (TaskLines.due(info) != null) {
      out.printf(FIELD, "Due", info.due());
    }
    if (info.holder() != null) {
      out.printf(FIELD, "Holder", Printable.text(info.holder()));
    }
    printContents(task, out);
    for (Failure failure : task.failures()) {
      out.printf(
          FIELD,
          "Failure",
          "%s on %s at %s"
              .formatted(
                  failure.counted() ? "attempt " + failure.attempt() : "not attempted",
                  DeadCommand.host(failure),
                  failure.at()));
      failure.reason().lines().forEach(line -> out.println("  " + Printable.text(line)));
    }
    out.flush();
  }

  private static void printContents(TaskDetail task, PrintWriter out) {
    out.printf(FIELD, "Payload", Printable.text(payload(task)));
    try {
      TaskLimits limits = Envelope.payload(task.body()).limits();
      if (!limits.isEmpty()) {
        out.printf(FIELD, "Limits", limits);
      }
    } catch (InvalidPayloadException e) {
      // Said in place of the payload.
      return;
    }
  }

  private static String payload(TaskDetail task) {
    try {
      return Envelope.payload(task.body()).json();
    } catch (InvalidPayloadException e) {
      return "cannot be read: " + e.getMessage();
    }
  }

  private static String json(TaskDetail task) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      TaskLines.writeFields(json, task.info());
      json.writeFieldName("payload");
      try {
        Payload payload = Envelope.payload(task.body());
        json.writeRawValue(payload.json());
        json.writeFieldName("limits");
        json.writeRawValue(payload.limits().toString());
      } catch (InvalidPayloadException e) {
        json.writeNull();
      }
      json.writeArrayFieldStart("failures");
      for (Failure failure : task.failures()) {
        json.writeStartObject();
        json.writeNumberField("attempt", failure.attempt());
        json.writeStringField("holder", failure.holder());
        json.writeStringField("at", failure.at().toString());
        json.writeStringField("reason", failure.reason());
        json.writeBooleanField("counted", failure.counted());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return text.toString();
  }
}
