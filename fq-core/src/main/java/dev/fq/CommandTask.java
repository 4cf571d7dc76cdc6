package dev.fq;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fq.spi.Payload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task that runs a command, for people who write no Java. No shell comes between: each argument
 * reaches the program as it is.
 *
 * <p>As a payload: {@code {"argv": ["program", "argument", …], "cwd": "/directory", "env": {"NAME":
 * "value", …}, "class": "CommandTask"}}; {@code cwd} may be null or missing, {@code env} missing.
 *
 * @param argv the program and its arguments; at least the program
 * @param cwd the directory to run it in; null for the worker's own
 * @param env what to add to the worker's environment
 */
public record CommandTask(List<String> argv, @Nullable String cwd, Map<String, String> env) {

  static final String CLASS = "CommandTask";

  /**
   * @throws IllegalArgumentException if there is no program
   */
  public CommandTask {
    argv = List.copyOf(argv);
    env = Map.copyOf(env);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("a command needs a program, found no words");
    }
  }

  /** The payload of this task. */
  public Payload payload() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    argv.forEach(json.putArray("argv")::add);
    json.put("cwd", cwd);
    env.forEach(json.putObject("env")::put);
    return Payload.of(json.put("class", CLASS));
  }

  /**
   * The command that this payload says.
   *
   * @throws TaskFailedException if it says something else
   */
  static CommandTask of(Payload payload) throws TaskFailedException {
    JsonNode json = payload.tree();
    String name = json.path("class").asText("");
    if (!name.equals(CLASS)) {
      throw new TaskFailedException(
          "no handler for this task: expected \"class\": \"%s\", found %s"
              .formatted(CLASS, name.isEmpty() ? "no class" : '"' + name + '"'));
    }
    List<String> argv = strings(json.path("argv"));
    JsonNode cwd = json.path("cwd");
    if (argv.isEmpty() || !(cwd.isTextual() || cwd.isNull() || cwd.isMissingNode())) {
      throw new TaskFailedException(
          "not a command: expected \"argv\": [\"program\", …] and \"cwd\": \"directory\"");
    }
    return new CommandTask(argv, cwd.isTextual() ? cwd.textValue() : null, env(json.path("env")));
  }

  private static List<String> strings(JsonNode array) throws TaskFailedException {
    List<String> strings = new ArrayList<>();
    for (JsonNode element : array) {
      strings.add(text("argv", element));
    }
    return strings;
  }

  private static Map<String, String> env(JsonNode object) throws TaskFailedException {
    Map<String, String> env = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> variable : object.properties()) {
      env.put(variable.getKey(), text("env", variable.getValue()));
    }
    return env;
  }

  private static String text(String where, JsonNode node) throws TaskFailedException {
    if (!node.isTextual()) {
      throw new TaskFailedException(
          "not a command: in \"%s\" expected strings, found %s".formatted(where, node));
    }
    return node.textValue();
  }
}
