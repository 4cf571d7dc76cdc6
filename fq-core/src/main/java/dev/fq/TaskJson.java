package dev.fq;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.PolymorphicTypeValidator;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How tasks and arguments are written as JSON and read from it.
 *
 * <p>Security: which class is made is decided by the {@link TaskRegistry} and by the declared types
 * of its fields, never by the JSON. There is no default typing, and type ids that are class names
 * are refused wherever an annotation asks for them.
 *
 * <p>Tasks are written to the letter as python-task-queue writes them: fields and then {@code
 * "class"}, a space after commas and colons, ASCII. One {@code sed} fits both, and tests compare
 * text. Rejected: UTF-8, since Python opens its files in whatever encoding the locale says.
 */
final class TaskJson {

  /** The member of a payload that names the task's type. */
  static final String CLASS = "class";

  private static final ObjectMapper MAPPER = mapper();
  private static final ObjectWriter WRITER = MAPPER.writer(pythonSpacing());

  private static final ClassValue<String> NAMES =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
          return nameOf(type);
        }
      };

  private TaskJson() {}

  private static ObjectMapper mapper() {
    JsonFactory factory =
        JsonFactory.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
            .addDecorator((jsonFactory, generator) -> new FiniteNumbers(generator))
            .build();
    ObjectMapper mapper =
        JsonMapper.builder(factory)
            .addModule(new JavaTimeModule())
            .addModule(new TaskJsonModule())
            .addHandler(new ClassIsNoField())
            .visibility(PropertyAccessor.ALL, Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, Visibility.ANY)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .addMixIn(Task.class, MayHaveNoFields.class)
            .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(MapperFeature.BLOCK_UNSAFE_POLYMORPHIC_BASE_TYPES)
            .polymorphicTypeValidator(new NoClassNames())
            .build();
    mapper
        .coercionConfigFor(LogicalType.Textual)
        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    return mapper;
  }

  /** One space after commas and colons, as Python writes: one {@code sed} fits both. */
  private static DefaultPrettyPrinter pythonSpacing() {
    Separators separators =
        Separators.createDefaultInstance()
            .withRootSeparator("")
            .withObjectFieldValueSpacing(Spacing.AFTER)
            .withObjectEntrySpacing(Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayValueSpacing(Spacing.AFTER)
            .withArrayEmptySeparator("");
    return new DefaultPrettyPrinter(separators)
        .withArrayIndenter(DefaultPrettyPrinter.NopIndenter.instance)
        .withObjectIndenter(DefaultPrettyPrinter.NopIndenter.instance);
  }

  /** Jackson's own validators look at a class that JSON names only when it is loaded. */
  private static final class NoClassNames extends PolymorphicTypeValidator.Base {
    private static final long serialVersionUID = 1;

    @Override
    public Validity validateBaseType(MapperConfig<?> config, JavaType baseType) {
      return Validity.DENIED;
    }

    @Override
    public Validity validateSubClassName(
        MapperConfig<?> config, JavaType baseType, String subClassName) {
      return Validity.DENIED;
    }
  }

  /** Jackson writes an object without fields only if its class has an annotation. */
  @JsonAutoDetect
  private interface MayHaveNoFields {}

  /** The root's "class" has been read by the registry. */
  private static final class ClassIsNoField extends DeserializationProblemHandler {
    @Override
    public boolean handleUnknownProperty(
        DeserializationContext context,
        JsonParser parser,
        JsonDeserializer<?> deserializer,
        Object beanOrClass,
        String property)
        throws IOException {
      boolean isRootsClass =
          property.equals(CLASS)
              && parser.getParsingContext().getParent() != null
              && parser.getParsingContext().getParent().inRoot();
      if (isRootsClass) {
        parser.skipChildren();
      }
      return isRootsClass;
    }
  }

  /** The name of a task type: the annotation's or else the simple name of the class. */
  static String name(Class<?> type) {
    return NAMES.get(type);
  }

  private static String nameOf(Class<?> type) {
    JsonTypeName given = type.getAnnotation(JsonTypeName.class);
    if (given != null && !given.value().isEmpty()) {
      return given.value();
    }
    if (type.isHidden() || type.isAnonymousClass()) {
      throw new IllegalArgumentException(
          type.getName()
              + ": a task in a queue needs a class with a name, so that a worker can make it;"
              + " expected a record, found a lambda or an anonymous class");
    }
    return type.getSimpleName();
  }

  /** What keeps tasks of this class from being made of payloads; empty when nothing does. */
  static Optional<String> obstacle(Class<?> type) {
    return TaskTypeCheck.obstacle(MAPPER, type);
  }

  /** See {@link Task#payload}. */
  static Payload payload(Task task) {
    String name = name(task.getClass());
    String fields = write(name, task);
    if (!fields.startsWith("{")) {
      throw new IllegalArgumentException(
          "task %s: expected fields in JSON, found %s".formatted(name, fields));
    }
    String start = fields.substring(0, fields.length() - 1);
    String separator = start.equals("{") ? "" : ", ";
    return checked(name, start + separator + '"' + CLASS + "\": " + write("the name", name) + '}')
        .withLimits(limits(task.getClass()));
  }

  /**
   * What an annotation on this says.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  static TaskLimits limits(AnnotatedElement place) {
    Limits said = place.getAnnotation(Limits.class);
    TaskLimits limits = TaskLimits.none();
    if (said == null) {
      return limits;
    }
    if (said.attempts() != 0) {
      limits = limits.attempts(said.attempts());
    }
    if (said.retryDelaySeconds() != 0) {
      limits = limits.retryDelay(Duration.ofSeconds(said.retryDelaySeconds()));
    }
    return said.timeoutSeconds() == 0
        ? limits
        : limits.timeout(Duration.ofSeconds(said.timeoutSeconds()));
  }

  /** The payload that this text is, which may still be too long or too deep. */
  static Payload checked(String name, String json) {
    try {
      return Payload.ofJson(json);
    } catch (InvalidPayloadException e) {
      throw new IllegalArgumentException("task %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  /**
   * This value as JSON.
   *
   * @param what says in a message what the value is
   * @throws IllegalArgumentException if JSON cannot say it
   */
  static String write(String what, @Nullable Object value) {
    try {
      return WRITER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s cannot be written as JSON: %s".formatted(what, problem(e)), e);
    }
  }

  /**
   * The value of this type that the JSON is.
   *
   * @param what says in a message what the JSON is
   * @throws UnreadableTaskException if it is not of this type
   */
  static @Nullable Object read(String what, String json, Type type) {
    JavaType javaType = MAPPER.constructType(type);
    try {
      return MAPPER.readValue(json, javaType);
    } catch (JsonProcessingException e) {
      throw new UnreadableTaskException(
          "%s does not fit %s: %s".formatted(what, javaType.toCanonical(), problem(e)), e);
    }
  }

  /**
   * The task of this type that the payload is.
   *
   * @throws UnreadableTaskException if it is not of this type
   */
  static Task task(Payload payload, Class<? extends Task> type) {
    Object task = read("task " + name(type), payload.json(), type);
    return type.cast(Objects.requireNonNull(task, "a JSON object is never read as null"));
  }

  /**
   * Jackson's message without the payload, which may hold what logs must not, but with the path.
   */
  private static String problem(JacksonException e) {
    String where = e instanceof JsonMappingException mapping ? path(mapping) : "";
    return (where.isEmpty() ? "" : "field " + where + ": ")
        + misfit(e).lines().findFirst().orElse("");
  }

  private static String misfit(JacksonException e) {
    if (e instanceof InvalidFormatException value) {
      String found = value.getValue().getClass().getSimpleName();
      return "expected " + value.getTargetType().getSimpleName() + ", found another " + found;
    }
    if (e instanceof InputCoercionException number) {
      return "expected " + number.getTargetType().getSimpleName() + ", found a number beyond it";
    }
    return String.valueOf(e.getOriginalMessage());
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return path.toString();
  }

  /** A parser of text that has been checked, for who looks at its parts. */
  static JsonParser parser(String json) {
    try {
      return MAPPER.createParser(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
