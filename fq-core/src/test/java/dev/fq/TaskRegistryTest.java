package dev.fq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.fq.spi.NearestNames;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskRegistryTest {

  record Downsample(int mip) implements Task {
    @Override
    public void execute(TaskContext context) {}
  }

  record Open(Object anything, Map<String, Object> more) implements Task {
    @Override
    public void execute(TaskContext context) {}
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  interface Shape {}

  record Circle(int radius) implements Shape {}

  record Careless(Shape shape) implements Task {
    @Override
    public void execute(TaskContext context) {}
  }

  static class Elsewhere {
    record Downsample(int mip) implements Task {
      @Override
      public void execute(TaskContext context) {}
    }
  }

  abstract static class Abstract implements Task {}

  @SuppressWarnings("ClassCanBeStatic") // that is what is tested
  class Inner implements Task {
    @Override
    public void execute(TaskContext context) {}
  }

  /** Shows whether somebody loaded it. */
  static final class Canary implements Task {
    static {
      CanarySongs.SONGS.add("static");
    }

    Canary() {
      CanarySongs.SONGS.add("constructor");
    }

    @Override
    public void execute(TaskContext context) {
      CanarySongs.SONGS.add("execute");
    }

    @Queueable
    static void sing() {
      CanarySongs.SONGS.add("sing");
    }
  }

  static final class CanarySongs {
    static final List<String> SONGS = new ArrayList<>();
  }

  private static Task task(TaskRegistry registry, String json) throws IOException {
    return registry.task(Payload.ofJson(json));
  }

  @Test
  void nearestNamesComeFirst() {
    assertThatThrownBy(() -> task(TaskRegistry.of(Downsample.class), "{\"class\": \"downsmaple\"}"))
        .isInstanceOf(UnreadableTaskException.class)
        .hasMessage("\"downsmaple\" is not registered; known are: Downsample, CommandTask");
    assertThatThrownBy(() -> task(TaskRegistry.of(), "[[\"a\", \"b\"], [], {}, -1]"))
        .hasMessage("\"a.b\" is not registered; known are: CommandTask");
  }

  @Test
  void ofManyNamesTheNearestFewAreShown() {
    List<String> names = IntStream.range(100, 130).mapToObj(i -> "Task" + i).toList();

    assertThat(NearestNames.of("Task117x", names))
        .hasSize(11)
        .startsWith("Task117")
        .last()
        .isEqualTo("… 20 more");
  }

  @Test
  void onlyANameThatIsNearIsLikelyTheOneThatWasMeant() {
    List<String> verbs = List.of("work", "wait", "list", "cp", "mv");

    assertThat(NearestNames.likely("wok", verbs)).hasValue("work");
    assertThat(NearestNames.likely("lsit", verbs)).hasValue("list");
    assertThat(NearestNames.likely("WORK", verbs)).hasValue("work");
    assertThat(NearestNames.likely("submit", verbs)).isEmpty();
    assertThat(NearestNames.likely("x", verbs)).isEmpty();
  }

  @Test
  void onlyObjectsAndFunctionsHaveTheFormOfATask() throws Exception {
    TaskRegistry.requireTaskForm(Payload.ofJson("{\"tile\": 1}"));
    TaskRegistry.requireTaskForm(Payload.ofJson(" {}"));
    TaskRegistry.requireTaskForm(Payload.ofJson("[[\"m\", \"f\"], [], {}, -1]"));
    for (String json : List.of("3", "\"str\"", "null", "true", "[]", "[1,2]", "[[1, 2], [], {}]")) {
      assertThatThrownBy(() -> TaskRegistry.requireTaskForm(Payload.ofJson(json)))
          .as(json)
          .isInstanceOf(UnreadableTaskException.class)
          .hasMessageStartingWith("not a task: expected {…, \"class\": \"NAME\"} or ");
    }
  }

  @Test
  void endlessNameIsShownShort() {
    assertThatThrownBy(
            () -> task(TaskRegistry.of(), "{\"class\": \"" + "x".repeat(100_000) + "\"}"))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
  }

  @Test
  void twoTypesOfOneNameAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TaskRegistry.of(Downsample.class, Elsewhere.Downsample.class))
        .withMessageContaining("two tasks are named \"Downsample\"")
        .withMessageContaining("@JsonTypeName");
    assertThat(TaskRegistry.of(Downsample.class).and(Downsample.class).names())
        .containsExactly("CommandTask", "Downsample");
  }

  @Test
  void classesThatAreNoTasksAreRefused() {
    for (Class<?> type : List.of(String.class, Abstract.class, Inner.class, Task.class)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TaskRegistry.of(type))
          .withMessageContaining(type.getName());
    }
  }

  @Test
  void providersOfALoaderAreFound(@TempDir Path directory) throws Exception {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(services.resolve(TaskProvider.class.getName()), Provider.class.getName());
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {directory.toUri().toURL()}, TaskRegistryTest.class.getClassLoader())) {
      assertThat(TaskRegistry.load(loader).names()).containsExactly("CommandTask", "Downsample");
    }
    assertThat(TaskRegistry.load().names()).containsExactly("CommandTask");
  }

  public static final class Provider implements TaskProvider {
    @Override
    public Collection<Class<?>> types() {
      return List.of(Downsample.class);
    }
  }

  // security

  /** Every class that anybody asks for, by name. */
  private static final class Watching extends ClassLoader {
    private final List<String> asked = new ArrayList<>();

    Watching() {
      super(TaskRegistryTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      asked.add(name);
      return super.loadClass(name, resolve);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'class': 'java.lang.Runtime'}",
        "{'class': 'dev.fq.TaskRegistryTest$Canary'}",
        "{'class': 'Canary'}",
        "[['dev.fq.TaskRegistryTest$Canary', 'sing'], [], {}, -1]",
        "[['java.lang.Runtime', 'getRuntime'], [], {}, -1]",
        "[['java.lang.System', 'exit'], [1], {}, -1]",
        "{'class': 'com.sun.rowset.JdbcRowSetImpl', 'dataSourceName': 'ldap://x/y'}",
        "{'class': 'Open', 'anything': {'@class': 'dev.fq.TaskRegistryTest$Canary'}}",
        "{'class': 'Open', 'anything': ['dev.fq.TaskRegistryTest$Canary', {}]}",
        "{'class': 'Open', 'more': {'x': {'@type': 'dev.fq.TaskRegistryTest$Canary'}}}",
        "{'class': 'Careless', 'shape': {'@class': 'dev.fq.TaskRegistryTest$Canary'}}",
        "{'class': 'Careless', 'shape': {'@class': 'javax.swing.JEditorPane', 'page': 'http://x'}}"
      })
  void classThatIsNotRegisteredIsNeverLoaded(String json) {
    TaskRegistry registry = TaskRegistry.of(Open.class, Careless.class);
    String named = json.replaceAll(".*'([A-Za-z.]+\\.[A-Za-z$]+)'.*", "$1");
    Watching loader = new Watching();
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(loader);
    try {
      Object made = task(registry, json.replace('\'', '"'));
      assertThat(made).isInstanceOf(Open.class);
      assertThat(((Open) made).toString()).contains("dev.fq.TaskRegistryTest$Canary");
    } catch (UnreadableTaskException | IOException e) {
      assertThat(e).isInstanceOf(UnreadableTaskException.class);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
    assertThat(CanarySongs.SONGS).isEmpty();
    assertThat(loader.asked).doesNotContain(named);
  }

  @Test
  void classNamesAsTypesAreRefusedEvenWhereAnAnnotationAsksForThem() {
    assertThatThrownBy(
            () ->
                task(
                    TaskRegistry.of(Careless.class),
                    "{\"class\": \"Careless\", \"shape\": {\"@class\": \""
                        + Circle.class.getName()
                        + "\", \"radius\": 1}}"))
        .isInstanceOf(UnreadableTaskException.class);
  }
}
