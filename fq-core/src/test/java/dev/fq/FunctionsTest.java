package dev.fq;

import static dev.fq.Functions.bind;
import static dev.fq.Functions.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.SAME_THREAD)
class FunctionsTest {

  private static final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  static final class Tiles {
    private Tiles() {}

    @Queueable
    static String downsample(Path layer, int mip) {
      calls.add("downsample " + layer + " " + mip);
      return "dropped";
    }

    @Queueable(module = "tiles", name = "nothing")
    static void nothing() {
      calls.add("nothing");
    }

    @Queueable(module = "tiles", name = "scale")
    static void scale(
        double factor,
        @JsonProperty("fill_missing") @Default("true") boolean fillMissing,
        @Default("[\"a\", null]") List<String> tags) {
      calls.add("scale " + factor + " " + fillMissing + " " + tags);
    }

    @Queueable(module = "tiles")
    static void eight(
        int a, long b, float c, double d, String e, boolean f, int[] g, Map<String, Duration> h) {
      calls.add("eight " + b + " " + g.length + " " + h);
    }

    @Queueable(module = "tiles")
    static void nine(int a, int b, int c, int d, int e, int f, int g, int h, int i) {
      calls.add("nine " + i);
    }

    @Queueable(module = "tiles")
    static void mixed(
        TimeUnit unit, Box box, List<Path> paths, Instant at, Object anything, double[][] matrix) {
      calls.add(
          "mixed %s %s %s %s %s %s"
              .formatted(unit, box, paths, at, anything, Arrays.deepToString(matrix)));
    }

    @Queueable
    static void fail(String text) throws IOException {
      throw new FileNotFoundException(text);
    }

    static void notMarked(int i) {
      calls.add("notMarked " + i);
    }
  }

  record Box(int x, LocalDate day) {}

  static class Bad {
    @Queueable
    static void varargs(int... numbers) {}
  }

  static class BadInstance {
    @Queueable
    void instance() {}
  }

  static class BadDefault {
    @Queueable
    static void run(@Default("yes") boolean flag) {}
  }

  static class Overloaded {
    @Queueable
    static void run(int i) {}

    @Queueable
    static void run(String s) {}
  }

  private static final TaskRegistry REGISTRY = TaskRegistry.of(Tiles.class);

  private static TaskContext context(Payload payload) {
    return TaskContext.local(TaskId.next(), payload, NoQueues.NONE, Map.of());
  }

  private static String execute(Payload payload) throws Exception {
    REGISTRY.task(payload).execute(context(payload));
    return calls.get(calls.size() - 1);
  }

  @Test
  void payloadIsModuleAndNameArgumentsNamedArgumentsAndAnId() {
    assertThat(call(Tiles::downsample, Path.of("/a"), 3).payload().json())
        .isEqualTo("[[\"dev.fq.FunctionsTest$Tiles\", \"downsample\"], [\"/a\", 3], {}, -1]");
    assertThat(call(Tiles::nothing).payload().json())
        .isEqualTo("[[\"tiles\", \"nothing\"], [], {}, -1]");
    assertThat(bind(Tiles::scale).with(2.5).with("fill_missing", false).task().payload().json())
        .isEqualTo("[[\"tiles\", \"scale\"], [2.5], {\"fill_missing\": false}, -1]");
  }

  @Test
  void functionIsCalledWithItsArguments() throws Exception {
    assertThat(execute(call(Tiles::downsample, Path.of("/one"), 3).payload()))
        .isEqualTo("downsample /one 3");
    assertThat(
            execute(
                call(
                        Tiles::eight,
                        1,
                        Long.MAX_VALUE,
                        1f,
                        0.5,
                        "e",
                        true,
                        new int[] {1, 2},
                        Map.of("h", Duration.ofSeconds(3)))
                    .payload()))
        .isEqualTo("eight 9223372036854775807 2 {h=PT3S}");
    Binding nine = bind(Tiles.class, "nine");
    for (int i = 0; i < 9; i++) {
      nine = nine.with(i);
    }
    assertThat(execute(nine.task().payload())).isEqualTo("nine 8");
  }

  @Test
  void argumentsOfEveryTypeArriveAsTheyWere() throws Exception {
    assertThat(
            execute(
                call(
                        Tiles::mixed,
                        TimeUnit.HOURS,
                        new Box(1, LocalDate.EPOCH),
                        List.of(Path.of("a b")),
                        Instant.EPOCH,
                        null,
                        new double[][] {{1}, {0.5, 2}})
                    .payload()))
        .isEqualTo(
            "mixed HOURS Box[x=1, day=1970-01-01] [a b] 1970-01-01T00:00:00Z null"
                + " [[1.0], [0.5, 2.0]]");
  }

  @Test
  void missingArgumentsAreTheirDefaults() throws Exception {
    assertThat(execute(bind(Tiles::scale).with(2.5).task().payload()))
        .isEqualTo("scale 2.5 true [a, null]");
    assertThat(
            execute(
                bind(Tiles::scale).with("tags", List.of("b")).with("factor", 0.5).task().payload()))
        .isEqualTo("scale 0.5 true [b]");
  }

  @Test
  void bindingIsReusedForManyTasks() {
    Binding layer = bind(Tiles::downsample).with(Path.of("/a"));

    assertThat(layer.with("mip", 1).task()).isEqualTo(layer.with("mip", 1).task());
    assertThat(layer.with("mip", 1).task()).isNotEqualTo(layer.with("mip", 2).task());
  }

  @Test
  void argumentsAreThoseOfTheTimeOfBinding() {
    int[] numbers = {1};
    FunctionTask task = call(Tiles::eight, 1, 1L, 1f, 1.0, "", true, numbers, Map.of());

    numbers[0] = 2;

    assertThat(task.payload().json()).contains("[1], {}], {}, -1]");
  }

  @Test
  void whatTheMethodThrowsIsWhatExecuteThrows() {
    Payload payload = call(Tiles::fail, "no layer").payload();

    assertThatExceptionOfType(FileNotFoundException.class)
        .isThrownBy(() -> execute(payload))
        .withMessage("no layer");
  }

  @Test
  void wrongArgumentsAreRefusedAtBindingAndNameTheParameter() {
    Binding downsample = bind(Tiles::downsample);
    assertRefusal(() -> downsample.with("text"), "argument \"layer\"", "Path", "found String");
    assertRefusal(() -> downsample.with("mip", null), "argument \"mip\"", "int", "found null");
    assertRefusal(() -> downsample.with("mip", 3L), "argument \"mip\"", "int", "found Long");
    assertRefusal(() -> downsample.with("mop", 3), "no parameter \"mop\"", "Path layer, int mip");
    assertRefusal(() -> downsample.with(Path.of("a")).task(), "argument \"mip\" is missing");
    assertRefusal(
        () -> downsample.with(Path.of("a")).with(1).with(2), "expected at most 2 arguments");
    assertRefusal(
        () -> downsample.with(Path.of("a")).with("layer", Path.of("b")),
        "\"layer\" is given twice");
    assertRefusal(
        () -> downsample.with("layer", Path.of("b")).with(Path.of("a")),
        "\"layer\" is given twice");
    assertRefusal(() -> call(Tiles::scale, Double.NaN, true, List.of()), "\"factor\"", "NaN");
  }

  private static void assertRefusal(Runnable binding, String... messages) {
    assertThatIllegalArgumentException()
        .isThrownBy(binding::run)
        .satisfies(e -> assertThat(e).hasMessageContainingAll(messages));
  }

  @Test
  void onlyReferencesToMarkedStaticMethodsAreFunctions() {
    int captured = calls.size();
    assertRefusal(() -> call(Tiles::notMarked, 1), "notMarked", "@Queueable");
    assertRefusal(() -> call(i -> Tiles.notMarked(i), 1), "found a lambda");
    assertRefusal(() -> call(() -> Tiles.notMarked(captured)), "found a lambda");
    assertRefusal(() -> bind(Tiles.class, "no"), "expected a @Queueable method \"no\"");
    assertRefusal(() -> bind(Bad.class, "varargs"), "variable number of arguments");
    assertRefusal(() -> TaskRegistry.of(Bad.class), "variable number of arguments");
    assertRefusal(() -> TaskRegistry.of(BadInstance.class), "must be static");
    assertRefusal(() -> TaskRegistry.of(BadDefault.class), "@Default", "\"flag\"");
    assertRefusal(() -> TaskRegistry.of(Overloaded.class), "two functions are named");
  }

  @Test
  void payloadsThatDoNotFitAreRefusedAndSayWhere() {
    assertUnreadable("[[\"tiles\", \"scale\"], [], {}, -1]", "argument \"factor\" is missing");
    assertUnreadable("[[\"tiles\", \"scale\"], [\"x\"], {}, -1]", "argument \"factor\"", "double");
    assertUnreadable("[[\"tiles\", \"scale\"], [1, true, [], 4], {}, -1]", "at most 3 arguments");
    assertUnreadable("[[\"tiles\", \"scale\"], [1], {\"factor\": 2}, -1]", "given twice");
    assertUnreadable("[[\"tiles\", \"scale\"], [1], {\"x\": 2}, -1]", "no parameter \"x\"");
    assertUnreadable("[[\"tiles\", \"scale\"], [1], -1]", "not a task", "array of another form");
    assertUnreadable("[[\"tiles\", \"scale\"], 1, {}, -1]", "not a task");
    assertUnreadable("[\"tiles\", [], {}, -1]", "not a task");
    assertUnreadable("[]", "not a task");
  }

  private static void assertUnreadable(String json, String... messages) {
    assertThatThrownBy(() -> REGISTRY.task(Payload.ofJson(json)))
        .isInstanceOf(UnreadableTaskException.class)
        .hasMessageContainingAll(messages);
  }

  @Test
  void numbersKeepTheirDigitsOnTheWay() throws Exception {
    String json =
        "[[\"tiles\", \"eight\"], [1, 9007199254740993, 1.0, 1e-05, \"\", true, [ 1,2 ], {}], {},"
            + " -1]";

    assertThat(REGISTRY.task(Payload.ofJson(json)).payload().json()).isEqualTo(json);
    assertThat(execute(Payload.ofJson(json))).startsWith("eight 9007199254740993");
  }

  @Test
  void functionKnowsNothingOfItsLease() {
    assertThat(context(call(Tiles::nothing).payload()).deadline()).isEqualTo(Instant.MAX);
  }

  @Test
  void classFileWithoutNamesOfParametersSaysWhatToDo(@TempDir Path directory) throws Exception {
    Path source = directory.resolve("Nameless.java");
    Files.writeString(
        source, "class Nameless { @dev.fq.Queueable static void scale(int factor) {} }");
    Path api = Path.of(Queueable.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Process javac =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "javac").toString(),
                "-proc:none",
                "-cp",
                api.toString(),
                source.toString())
            .inheritIO()
            .start();
    assertThat(javac.waitFor()).isZero();
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {directory.toUri().toURL()}, FunctionsTest.class.getClassLoader())) {
      TaskRegistry registry = TaskRegistry.of(loader.loadClass("Nameless"));

      assertThatThrownBy(
              () ->
                  registry.task(
                      Payload.ofJson("[[\"Nameless\", \"scale\"], [], {\"factor\": 2}, -1]")))
          .hasMessageContaining("no parameter \"factor\": Nameless.scale(int arg0); ")
          .hasMessageContaining("compile it with -parameters, or name them by @JsonProperty");
    }
  }
}
