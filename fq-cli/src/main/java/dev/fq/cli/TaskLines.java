package dev.fq.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.fq.TaskSummary;
import dev.fq.spi.Envelope;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Payload;
import dev.fq.spi.Printable;
import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where a task stands, as a line of a table and as JSON. */
final class TaskLines {

  private static final String FORMAT = "%-36s  %-7s  %7s  %-20s  %s";
  private static final String FORMAT_WITH_TASK = "%-36s  %-7s  %7s  %-20s  %-24s  %s";
  private static final int LONGEST_PAYLOAD = 80;
  private static final JsonFactory JSON = new JsonFactory();

  static final String HEADING = FORMAT.formatted("ID", "STATE", "ATTEMPT", "DUE", "HOLDER");

  /** On a terminal the task comes next to its state, and the rest only where it says something. */
  private static final String START_ON_A_TERMINAL = "%-36s  %-7s  %7s  ";

  static final String HEADING_ON_A_TERMINAL =
      START_ON_A_TERMINAL.formatted("ID", "STATE", "ATTEMPT") + "TASK";

  /** So much of a task is seen on the narrowest terminal, before who has it. */
  private static final int LEAST_OF_A_TASK = 20;

  private TaskLines() {}

  /** With the command or the type of the task, or else what it says, shortened. */
  static String text(TaskDetail task) {
    return text(FORMAT_WITH_TASK, task.info(), summary(task.body())).stripTrailing();
  }

  /**
   * For people, at this time: what the task does, and who holds it or when it is due.
   *
   * @param columns of the terminal, which the line is cut to fit
   */
  static String fitting(TaskDetail task, Instant now, int columns) {
    TaskInfo info = task.info();
    String start =
        START_ON_A_TERMINAL.formatted(
            info.id(), info.state().label(), info.state() == TaskState.DEAD ? "-" : info.attempt());
    String end = end(info, now);
    int room = Math.max(LEAST_OF_A_TASK, columns - start.length() - end.length());
    return LiveText.fitting(start + LiveText.fitting(summary(task.body()), room) + end, columns);
  }

  private static String end(TaskInfo task, Instant now) {
    Instant due = due(task);
    if (due == null) {
      return "";
    }
    String left = StatusReport.time(Duration.between(now, due));
    return task.state() == TaskState.DELAYED
        ? "  in " + left
        : "  %s, %s left".formatted(TaskInfo.hostOf("" + task.holder()).orElse("?"), left);
  }

  private static String summary(String body) {
    try {
      Payload payload = Envelope.payload(body);
      String summary = TaskSummary.of(payload).toString();
      String json = payload.json();
      return Printable.text(
          !summary.isEmpty()
              ? summary
              : json.length() <= LONGEST_PAYLOAD ? json : json.substring(0, LONGEST_PAYLOAD) + "…");
    } catch (InvalidPayloadException e) {
      return Printable.text("cannot be read: " + e.getMessage());
    }
  }

  private static @Nullable TaskSummary summary(TaskDetail task) {
    try {
      return TaskSummary.of(Envelope.payload(task.body()));
    } catch (InvalidPayloadException e) {
      return null;
    }
  }

  /** The type of a task; null when it has none, or cannot be read. */
  static @Nullable String type(TaskDetail task) {
    TaskSummary summary = summary(task);
    return summary == null || summary.type().isEmpty() ? null : summary.type();
  }

  /** With type and command; null where a task has none, or cannot be read. */
  static String json(TaskDetail task) throws IOException {
    TaskSummary summary = summary(task);
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      writeFields(json, task.info());
      json.writeStringField("type", type(task));
      json.writeStringField("command", summary == null ? null : summary.command());
      json.writeEndObject();
    }
    return text.toString();
  }

  static String text(TaskInfo task) {
    return text(FORMAT, task, "");
  }

  private static String text(String format, TaskInfo task, String what) {
    Instant due = due(task);
    return format.formatted(
        task.id(),
        task.state().label(),
        task.state() == TaskState.DEAD ? "-" : task.attempt(),
        due == null ? "-" : Printable.time(due),
        task.holder() == null ? "-" : task.holder(),
        what);
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
