package dev.fq.spi;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.util.Optional;

/**
 * The body of a task as backends store it: {@code {"payload": …, "queueName": …, "id": …}}, which
 * is python-task-queue's form, and {@code "limits": …} after these where the task has {@link
 * TaskLimits}. Reading keeps the payload's text as it is and passes over unknown keys.
 */
public final class Envelope {

  private static final String LIMITS = "limits";

  private Envelope() {}

  /** The body that carries this task. */
  public static String of(NewTask task, String queueName) {
    String quotedName = new String(JsonStringEncoder.getInstance().quoteAsString(queueName));
    return "{\"payload\": "
        + task.payload().json()
        + ", \"queueName\": \""
        + quotedName
        + "\", \"id\": \""
        + task.id().value()
        + "\""
        + limits(task.payload().limits())
        + "}";
  }

  /**
   * The same on one line, with a line break at its end. Between the parts of JSON a line break is
   * as good as a space, and in its strings there is none.
   */
  public static String line(NewTask task, String queueName) {
    return of(task, queueName).replace('\n', ' ').replace('\r', ' ') + "\n";
  }

  private static String limits(TaskLimits limits) {
    return limits.isEmpty() ? "" : ", \"" + LIMITS + "\": " + limits.json();
  }

  /**
   * The payload in this body.
   *
   * @throws InvalidPayloadException if the body is not one JSON object with a {@code payload}, or
   *     has limits that cannot be read
   */
  public static Payload payload(String body) throws InvalidPayloadException {
    Json.requireLength(body);
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      return payload(body, parser);
    } catch (JsonProcessingException e) {
      throw Json.invalid(e);
    } catch (InvalidPayloadException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidPayloadException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The id in this body, when it has one that a task can have. */
  public static Optional<TaskId> id(String body) {
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      String id = null;
      parser.nextToken();
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        boolean isText = parser.nextToken() == JsonToken.VALUE_STRING;
        id = key.equals("id") && isText ? parser.getText() : id;
        parser.skipChildren();
      }
      return Optional.ofNullable(id).filter(TaskId::isValid).map(TaskId::new);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Payload payload(String body, JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new InvalidPayloadException("expected a JSON object with a payload");
    }
    Payload payload = null;
    TaskLimits limits = TaskLimits.none();
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      if (key.equals(LIMITS)) {
        limits = TaskLimits.read(parser);
      } else if (!key.equals("payload")) {
        parser.skipChildren();
      } else if (payload == null) {
        payload = new Payload(textOfValue(body, parser));
      } else {
        throw new InvalidPayloadException("expected one payload, found two");
      }
    }
    if (payload == null) {
      throw new InvalidPayloadException("expected a JSON object with a payload, found none in it");
    }
    Json.requireEnd(parser);
    return limits.isEmpty() ? payload : payload.withLimits(limits);
  }

  private static String textOfValue(String body, JsonParser parser) throws IOException {
    int start = (int) parser.currentTokenLocation().getCharOffset();
    parser.skipChildren();
    parser.finishToken();
    int end = (int) parser.currentLocation().getCharOffset();
    return body.substring(start, end).strip();
  }
}
