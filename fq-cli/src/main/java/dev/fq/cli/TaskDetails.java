package dev.fq.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
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
