package dev.fq.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.fq.CommandTask;
import dev.fq.TaskRegistry;
import dev.fq.TaskSummary;
import dev.fq.UnreadableTaskException;
import dev.fq.spi.Envelope;
import dev.fq.spi.Failure;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Payload;
import dev.fq.spi.Printable;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskLimits;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** All that is known of a task, in words and as JSON. */
final class TaskDetails {

  /** The fields of {@link #json}, for help. */
  static final String FIELDS =
      "id, state, attempt, due, holder, payload (null if it cannot be read), limits, failures";

  private static final String FIELD = "%-9s %s%n";

  private TaskDetails() {}

  static String host(Failure failure) {
    return failure.host().isEmpty() ? "an unknown host" : Printable.text(failure.host());
  }

  /** Lines for people. */
  static String text(TaskDetail task) {
    TaskInfo info = task.info();
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    out.printf(FIELD, "Id", info.id());
    out.printf(FIELD, "State", info.state().label());
    if (info.attempt() > 0) {
      out.printf(FIELD, "Attempt", info.attempt());
    }
    if (TaskLines.due(info) != null) {
      out.printf(FIELD, "Due", Printable.time(info.due()));
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
                  host(failure),
                  Printable.time(failure.at())));
      failure.reason().lines().forEach(line -> out.println("  " + Printable.text(line)));
    }
    return text.toString();
  }

  private static void printContents(TaskDetail task, PrintWriter out) {
    try {
      Payload payload = Envelope.payload(task.body());
      printPayload(payload, out);
      if (!payload.limits().isEmpty()) {
        out.printf(FIELD, "Limits", words(payload.limits()));
      }
    } catch (InvalidPayloadException e) {
      out.printf(FIELD, "Payload", Printable.text("cannot be read: " + e.getMessage()));
    }
  }

  /** A command in the words of a shell, and another task as it is. */
  private static void printPayload(Payload payload, PrintWriter out) {
    if (TaskSummary.of(payload).command() == null) {
      out.printf(FIELD, "Payload", Printable.text(payload.json()));
      return;
    }
    try {
      printCommand((CommandTask) TaskRegistry.of().task(payload), out);
    } catch (UnreadableTaskException e) {
      out.printf(FIELD, "Payload", Printable.text(payload.json()));
    }
  }

  private static void printCommand(CommandTask command, PrintWriter out) {
    out.printf(FIELD, "Command", Printable.text(ShellWords.of(command.argv())));
    if (command.cwd() != null) {
      out.printf(FIELD, "Directory", Printable.text(command.cwd()));
    }
    command
        .env()
        .forEach(
            (name, value) -> out.printf(FIELD, "Variable", Printable.text(name + "=" + value)));
  }

  private static String words(TaskLimits limits) {
    List<String> words = new ArrayList<>();
    limits.attempts().ifPresent(count -> words.add("attempts: " + count));
    limits.timeout().ifPresent(time -> words.add("timeout: " + StatusReport.time(time)));
    limits.retryDelay().ifPresent(time -> words.add("retry delay: " + StatusReport.time(time)));
    return String.join(", ", words);
  }

  /** One object. */
  static String json(TaskDetail task) throws IOException {
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
        json.writeStringField("at", Printable.time(failure.at()));
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
