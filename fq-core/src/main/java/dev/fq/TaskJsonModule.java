package dev.fq;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Where tasks are not what Jackson makes of them: a path is its text and no URI, and arrays of
 * bytes and characters are lists, as in Python.
 *
 * <p>Getters are not asked: a record with an {@code isEdge()} would gain a field that its
 * constructor does not know.
 */
final class TaskJsonModule extends SimpleModule {

  private static final long serialVersionUID = 1;

  TaskJsonModule() {
    super("fq-tasks");
    addSerializer(Path.class, new PathAsText());
    addDeserializer(Path.class, new TextAsPath());
    addSerializer(byte[].class, new BytesAsList());
    addSerializer(char[].class, new CharactersAsList());
  }

  private static final class PathAsText extends JsonSerializer<Path> {
    @Override
    public void serialize(Path path, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(path.toString());
    }
  }

  private static final class TextAsPath extends StdDeserializer<Path> {
    private static final long serialVersionUID = 1;

    TextAsPath() {
      super(Path.class);
    }

    @Override
    public Path deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      if (!parser.hasToken(JsonToken.VALUE_STRING)) {
        return (Path) context.handleUnexpectedToken(Path.class, parser);
      }
      try {
        return Path.of(parser.getText());
      } catch (InvalidPathException e) {
        return (Path)
            context.handleWeirdStringValue(Path.class, parser.getText(), "%s", e.getReason());
      }
    }
  }

  private static final class BytesAsList extends JsonSerializer<byte[]> {
    @Override
    public void serialize(byte[] bytes, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeStartArray(bytes, bytes.length);
      for (byte value : bytes) {
        out.writeNumber(value);
      }
      out.writeEndArray();
    }
  }

  private static final class CharactersAsList extends JsonSerializer<char[]> {
    @Override
    public void serialize(char[] characters, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeStartArray(characters, characters.length);
      for (char value : characters) {
        out.writeString(String.valueOf(value));
      }
      out.writeEndArray();
    }
  }
}
