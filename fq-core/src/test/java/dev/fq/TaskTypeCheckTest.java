package dev.fq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which classes are refused before any worker meets a task of them, and in what words. */
@SuppressWarnings({"unused", "UnusedVariable"}) // fields are for Jackson
class TaskTypeCheckTest {

  interface Quiet extends Task {
    @Override
    default void execute(TaskContext context) {}
  }

  static final class NoConstructor implements Quiet {
    private final int x;

    NoConstructor(int x) {
      this.x = x;
    }
  }

  static final class TwoArguments {
    private final int x;

    TwoArguments(int x, int y) {
      this.x = x + y;
    }
  }

  interface Shape {}

  record WithThread(Thread thread) implements Quiet {}

  record WithOptional(Optional<String> name) implements Quiet {}

  record WithStream(InputStream in) implements Quiet {}

  record WithShape(Shape shape) implements Quiet {}

  record Deep(List<Map<String, TwoArguments[]>> parts) implements Quiet {}

  record Generic<T>(List<T> elements) implements Quiet {}

  private static void assertRefused(Class<?> type, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TaskRegistry.of(type))
        .withMessage(type.getName() + ": no worker could make a task of it: " + why);
  }

  @Test
  void classThatCannotBeMadeAgainIsRefusedInWords() {
    String constructor =
        "expected a record, or a class with a constructor that has no parameters or is marked"
            + " @JsonCreator";

    assertRefused(NoConstructor.class, constructor);
    assertRefused(
        WithThread.class, "field \"thread\": no Thread can be made, since it has no form in JSON");
    assertRefused(
        WithOptional.class,
        "field \"name\": no Optional can be made, since it has no form in JSON");
    assertRefused(
        WithStream.class, "field \"in\": no InputStream can be made, since it is abstract");
    assertRefused(WithShape.class, "field \"shape\": no Shape can be made, since it is abstract");
    assertRefused(Deep.class, "field \"parts\": no TwoArguments can be made, since " + constructor);
    assertRefused(
        Generic.class,
        "field \"elements\" is of type T, which only a class that extends Generic could say");
  }

  static final class Created implements Quiet {
    private final int x;

    @JsonCreator
    Created(@JsonProperty("x") int x) {
      this.x = x;
    }
  }

  static class Plain implements Quiet {
    private transient Thread thread;
    private List<Path> paths = new ArrayList<>();

    private Plain() {}
  }

  abstract static class Base<T> implements Quiet {
    protected String name;
  }

  static final class Bound extends Base<String> {
    private Duration time;
  }

  record Tree(int value, List<Tree> children) implements Quiet {}

  record Anything(Object one, Map<String, ?> more) implements Quiet {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes(@JsonSubTypes.Type(Circle.class))
  interface Named {}

  record Circle(int radius) implements Named {}

  record Drawing(List<Named> shapes) implements Quiet {}

  @ParameterizedTest
  @ValueSource(
      classes = {
        Created.class,
        Plain.class,
        Bound.class,
        Tree.class,
        Anything.class,
        Drawing.class,
        CommandTask.class
      })
  void classThatJacksonCanMakeIsTaken(Class<?> type) {
    assertThat(TaskRegistry.of(type).names()).contains(TaskJson.name(type));
  }
}
