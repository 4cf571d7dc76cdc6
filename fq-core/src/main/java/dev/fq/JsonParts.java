package dev.fq;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes JSON text apart into the texts of its parts, exactly as they are: each is read later, as
 * the type of the parameter it is for, and no digit is lost on the way.
 */
final class JsonParts {

  private JsonParts() {}

  /** The elements of this array; null when it is none. */
  static @Nullable List<String> elements(String array) {
    try (JsonParser parser = TaskJson.parser(array)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        return null;
      }
      List<String> elements = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(text(array, parser));
      }
      return elements;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The members of this object in their order; null when it is none. */
  static @Nullable Map<String, String> members(String object) {
    try (JsonParser parser = TaskJson.parser(object)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      Map<String, String> members = new LinkedHashMap<>();
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        parser.nextToken();
        members.put(key, text(object, parser));
      }
      return members;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of the value that begins here. */
  private static String text(String whole, JsonParser parser) throws IOException {
    int start = (int) parser.currentTokenLocation().getCharOffset();
    parser.skipChildren();
    parser.finishToken();
    int end = (int) parser.currentLocation().getCharOffset();
    return whole.substring(start, end).strip();
  }
}
