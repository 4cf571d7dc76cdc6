package dev.fq;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;

/**
 * A task whose inserter chooses its id, by which the queue knows it again: see {@link
 * TaskQueue#insertNamed}.
 */
public record NamedTask(TaskId id, Payload payload) {

  /**
   * This task, under this id.
   *
   * @throws IllegalArgumentException if that cannot be an id, see {@link TaskId}, or JSON cannot
   *     say the task
   */
  public static NamedTask of(String id, Task task) {
    return new NamedTask(new TaskId(id), task.payload());
  }

  /**
   * What has this payload, under the id that one of its fields says.
   *
   * @param field the name of a field, or where it is (a JSON pointer, RFC 6901, which begins with a
   *     slash)
   * @throws IllegalArgumentException if the field is not there, or is no text or whole number that
   *     can be an id
   */
  public static NamedTask byField(Payload payload, String field) {
    JsonNode tree = payload.tree();
    JsonNode value = field.startsWith("/") ? tree.at(field) : tree.path(field);
    if (!(value.isTextual() || value.isIntegralNumber()) || !TaskId.isValid(value.asText())) {
      throw new IllegalArgumentException(
          "field \"%s\": expected an id, 1 to 64 characters of A-Z a-z 0-9 - _, found %s"
              .formatted(field, value.isMissingNode() ? "none" : value));
    }
    return new NamedTask(new TaskId(value.asText()), payload);
  }

  /** What has this payload, to the letter, has this id: a UUID that is made from it. */
  public static NamedTask byContent(Payload payload) {
    return new NamedTask(TaskId.ofText(payload.json()), payload);
  }
}
