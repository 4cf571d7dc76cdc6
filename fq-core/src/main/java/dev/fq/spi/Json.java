package dev.fq.spi;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;

/** Checks JSON text without building anything from it, within bounds. */
final class Json {

  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(1_000)
                  .maxStringLength(Payload.MAX_LENGTH)
                  .build())
          .build();

  private Json() {}

  /** Passes when the text is one JSON value and nothing else. */
  static void requireOneValue(String text) throws InvalidPayloadException {
    requireLength(text);
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new InvalidPayloadException("expected a JSON value, found nothing");
      }
      parser.skipChildren();
      requireEnd(parser);
    } catch (JsonProcessingException e) {
      throw invalid(e);
    } catch (IOException e) {
      throw new InvalidPayloadException(String.valueOf(e.getMessage()), e);
    }
  }

  static void requireLength(String text) throws InvalidPayloadException {
    if (text.length() > Payload.MAX_LENGTH) {
      throw new InvalidPayloadException(
          "expected at most " + Payload.MAX_LENGTH + " characters, found " + text.length());
    }
  }

  static void requireEnd(JsonParser parser) throws IOException {
    JsonToken extra = parser.nextToken();
    if (extra != null) {
      JsonLocation at = parser.currentTokenLocation();
      throw new InvalidPayloadException(
          "expected one JSON value, found more at line %s, column %s"
              .formatted(at.getLineNr(), at.getColumnNr()));
    }
  }

  static InvalidPayloadException invalid(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String where =
        at == null ? "" : " at line %s, column %s".formatted(at.getLineNr(), at.getColumnNr());
    // Jackson adds where an unfinished object began, in a form that no reader can use.
    // And it shows words of a payload, which may hold what logs must not.
    String message =
        e.getOriginalMessage()
            .replaceFirst(" \\(start marker at .*", "")
            .replaceFirst("(Unrecognized token) '[^']*'", "$1");
    return new InvalidPayloadException("not JSON: " + message + where, e);
  }
}
