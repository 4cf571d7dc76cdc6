package dev.fq.spi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;

/**
 * What a task says: one JSON value, kept as the text that was given, so that key order, spelling of
 * numbers and escapes survive every queue; and the limits of its attempts, which go with it from
 * queue to queue.
 */
public final class Payload {

  /** The longest JSON text that a payload may have, in UTF-16 units. */
  public static final int MAX_LENGTH = 16 * 1024 * 1024;

  private static final ObjectMapper MAPPER = new ObjectMapper(Json.FACTORY);

  private final String json;
  private final TaskLimits limits;

  Payload(String validJson) {
    this(validJson, TaskLimits.none());
  }

  Payload(String validJson, TaskLimits limits) {
    this.json = validJson;
    this.limits = limits;
  }

  /**
   * The payload that this text is. White space around it is dropped.
   *
   * @throws InvalidPayloadException if the text is not exactly one JSON value (RFC 8259), is longer
   *     than {@link #MAX_LENGTH}, or nests deeper than 1,000 levels; the message gives line and
   *     column
   */
  public static Payload ofJson(String text) throws InvalidPayloadException {
    String json = text.strip();
    Json.requireOneValue(json);
    return new Payload(json);
  }

  /** The payload that this tree is. */
  public static Payload of(JsonNode tree) {
    return new Payload(tree.toString());
  }

  /** The JSON text. */
  public String json() {
    return json;
  }

  /** What the task says of its attempts; not part of the JSON text. */
  public TaskLimits limits() {
    return limits;
  }

  /** The same JSON with these limits. */
  public Payload withLimits(TaskLimits others) {
    return new Payload(json, others);
  }

  /** The JSON as a tree, parsed anew at each call. */
  public JsonNode tree() {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a payload passed its check and does not parse", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload that && json.equals(that.json) && limits.equals(that.limits);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  @Override
  public String toString() {
    return json;
  }
}
