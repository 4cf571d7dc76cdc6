package dev.fq.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.fq.spi.Printable;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where a task stands, as a line of a table and as JSON. */
final class TaskLines {

  private static final String FORMAT = "%-36s  %-7s  %7s  %-20s  %s";
  private static final JsonFactory JSON = new JsonFactory();

  static final String HEADING = FORMAT.formatted("ID", "STATE", "ATTEMPT", "DUE", "HOLDER");

  private TaskLines() {}

  static String text(TaskInfo task) {
    Instant due = due(task);
    return FORMAT
        .formatted(
            task.id(),
            task.state().label(),
            task.state() == TaskState.DEAD ? "-" : task.attempt(),
            due == null ? "-" : Printable.time(due),
            task.holder() == null ? "-" : task.holder())
        .stripTrailing();
  }

  static String json(TaskInfo task) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      writeFields(json, task);
      json.writeEndObject();
    }
    return text.toString();
  }

  static void writeFields(JsonGenerator json, TaskInfo task) throws IOException {
    Instant due = due(task);
    json.writeStringField("id", task.id().value());
    json.writeStringField("state", task.state().label());
    json.writeNumberField("attempt", task.attempt());
    json.writeStringField("due", due == null ? null : Printable.time(due));
    json.writeStringField("holder", task.holder());
  }

  /** Null for what is not waited for: a task that is waiting or dead. */
  static @Nullable Instant due(TaskInfo task) {
    return task.state() == TaskState.LEASED || task.state() == TaskState.DELAYED
        ? task.due()
        : null;
  }
}
