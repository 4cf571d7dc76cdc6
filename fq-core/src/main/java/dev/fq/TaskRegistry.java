package dev.fq;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fq.spi.NearestNames;
import dev.fq.spi.Payload;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What may be made from payloads, and nothing else: classes that are {@link Task}s, and {@link
 * Queueable} methods. A name in a payload is looked up here; no class is ever loaded because a
 * payload names it. {@link CommandTask} is always known. Immutable.
 */
public final class TaskRegistry {

  private static final int MAX_NAME_SHOWN = 200;

  /** Known to be fit: finding that out would cost each start of a command. */
  private static final TaskRegistry BUILT_IN =
      new TaskRegistry(Map.of(TaskJson.name(CommandTask.class), CommandTask.class), Map.of());

  private final Map<String, Class<? extends Task>> types;
  private final Map<QueueableFunction.Key, QueueableFunction> functions;

  private TaskRegistry(
      Map<String, Class<? extends Task>> types,
      Map<QueueableFunction.Key, QueueableFunction> functions) {
    this.types = types;
    this.functions = functions;
  }

  /**
   * A registry of these classes: tasks, and all that have {@link Queueable} methods.
   *
   * @throws IllegalArgumentException as {@link #and}
   */
  public static TaskRegistry of(Class<?>... types) {
    return BUILT_IN.and(types);
  }

  /** A registry of what every {@link TaskProvider} on the class path or module path names. */
  public static TaskRegistry load() {
    return load(TaskRegistry.class.getClassLoader());
  }

  /** A registry of what every {@link TaskProvider} that this loader sees names. */
  public static TaskRegistry load(ClassLoader loader) {
    TaskRegistry registry = BUILT_IN;
    for (TaskProvider provider : ServiceLoader.load(TaskProvider.class, loader)) {
      registry = registry.and(provider.types().toArray(Class<?>[]::new));
    }
    return registry;
  }

  /**
   * The same registry with these classes too. A class that is in it already may be given again.
   *
   * @throws IllegalArgumentException if a class is no task and has no {@link Queueable} method; if
   *     no task can be made of it again from JSON: it is abstract, an inner class that is not
   *     static, has no constructor for that, or a field whose type JSON cannot say; if such a
   *     method is not as it must be; or if two go by one name
   */
  public TaskRegistry and(Class<?>... more) {
    Map<String, Class<? extends Task>> allTypes = new LinkedHashMap<>(types);
    Map<QueueableFunction.Key, QueueableFunction> allFunctions = new LinkedHashMap<>(functions);
    for (Class<?> type : more) {
      boolean isTask = Task.class.isAssignableFrom(type);
      if (isTask) {
        addType(allTypes, type.asSubclass(Task.class));
      }
      if (addFunctions(allFunctions, type) == 0 && !isTask) {
        throw new IllegalArgumentException(
            type.getName() + ": expected a Task or a class with @Queueable methods");
      }
    }
    return new TaskRegistry(allTypes, allFunctions);
  }

  private static void addType(Map<String, Class<? extends Task>> all, Class<? extends Task> type) {
    Optional<String> obstacle = TaskJson.obstacle(type);
    if (obstacle.isPresent()) {
      throw new IllegalArgumentException(
          "%s: no worker could make a task of it: %s".formatted(type.getName(), obstacle.get()));
    }
    String name = TaskJson.name(type);
    Class<? extends Task> other = all.putIfAbsent(name, type);
    if (other != null && other != type) {
      throw new IllegalArgumentException(
          "two tasks are named \"%s\", %s and %s; give one another name by @JsonTypeName"
              .formatted(name, other.getName(), type.getName()));
    }
  }

  private static int addFunctions(
      Map<QueueableFunction.Key, QueueableFunction> all, Class<?> type) {
    List<Method> marked =
        Arrays.stream(type.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(Queueable.class))
            .toList();
    for (Method method : marked) {
      QueueableFunction function = QueueableFunction.of(method);
      QueueableFunction other = all.putIfAbsent(function.key(), function);
      if (other != null && !other.isOf(method)) {
        throw new IllegalArgumentException(
            "two functions are named %s, %s and %s; give one another name by @Queueable"
                .formatted(function.key(), other, function));
      }
    }
    return marked.size();
  }

  /** The names of all tasks and functions, as unknown ones are compared with. */
  public SortedSet<String> names() {
    SortedSet<String> names = new TreeSet<>(types.keySet());
    functions.keySet().forEach(key -> names.add(key.toString()));
    return Collections.unmodifiableSortedSet(names);
  }

  /**
   * The task that this payload says.
   *
   * @throws UnreadableTaskException if it names what is not registered, or its fields do not fit
   */
  public Task task(Payload payload) {
    JsonNode json = payload.tree();
    return json.isArray() ? function(payload, json) : object(payload, json);
  }

  /**
   * Passes when the payload has the form of a task, whatever types and functions there are: an
   * object, or a function with its arguments. An object without {@code "class"} passes: a worker
   * with a {@link TaskHandler} of its own may know what it means.
   *
   * @throws UnreadableTaskException if it has not
   */
  public static void requireTaskForm(Payload payload) {
    if (!payload.json().startsWith("{")) {
      JsonNode json = payload.tree();
      if (!json.isObject()) {
        functionParts(payload, json);
      }
    }
  }

  private Task object(Payload payload, JsonNode json) {
    JsonNode name = json.path(TaskJson.CLASS);
    if (!name.isTextual()) {
      throw noTask(json);
    }
    Class<? extends Task> type = types.get(name.textValue());
    if (type == null) {
      throw notRegistered(name.textValue());
    }
    return TaskJson.task(payload, type);
  }

  private Task function(Payload payload, JsonNode json) {
    List<String> parts = functionParts(payload, json);
    List<String> args = JsonParts.elements(parts.get(1));
    Map<String, String> kwargs = JsonParts.members(parts.get(2));
    if (args == null || kwargs == null) {
      throw noTask(json);
    }
    QueueableFunction.Key key =
        new QueueableFunction.Key(json.path(0).path(0).asText(), json.path(0).path(1).textValue());
    QueueableFunction function = functions.get(key);
    if (function == null) {
      throw notRegistered(key.toString());
    }
    function.requireReadable(args, kwargs);
    return new FunctionTask(function, args, kwargs);
  }

  private static List<String> functionParts(Payload payload, JsonNode json) {
    List<String> parts = json.isArray() ? JsonParts.elements(payload.json()) : null;
    if (parts == null || parts.size() != 4 || !json.path(0).path(1).isTextual()) {
      throw noTask(json);
    }
    return parts;
  }

  private static UnreadableTaskException noTask(JsonNode json) {
    return new UnreadableTaskException(
        "not a task: expected {…, \"class\": \"NAME\"} or [[\"MODULE\", \"NAME\"], [ARGUMENTS],"
            + " {NAMED ARGUMENTS}, ID], found "
            + kind(json));
  }

  private static String kind(JsonNode json) {
    return switch (json.getNodeType()) {
      case OBJECT -> "an object without \"class\"";
      case ARRAY -> "an array of another form";
      case NULL -> "null";
      default -> "a " + json.getNodeType().name().toLowerCase(Locale.ROOT);
    };
  }

  private UnreadableTaskException notRegistered(String name) {
    String shown = name.substring(0, Math.min(name.length(), MAX_NAME_SHOWN));
    return UnreadableTaskException.unregistered(
        "\"%s\" is not registered; known are: %s"
            .formatted(shown, String.join(", ", NearestNames.of(shown, names()))));
  }
}
