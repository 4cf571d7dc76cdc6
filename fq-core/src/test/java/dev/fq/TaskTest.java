package dev.fq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.fq.spi.Payload;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Tasks as JSON and back. */
@SuppressWarnings("ArrayRecordComponent") // a task may have them
class TaskTest {

  interface Quiet extends Task {
    @Override
    default void execute(TaskContext context) {}
  }

  record Downsample(Path layer, int mip) implements Quiet {
    // None of these is a field.
    boolean isCoarse() {
      return mip > 3;
    }

    public String getSuffix() {
      return ".ds";
    }
  }

  record Nothing() implements Quiet {}

  enum Axis {
    X,
    Y,
    Z;

    @Override
    public String toString() {
      return "axis " + name();
    }
  }

  record Box(long[] shape, Axis axis) {}

  record Everything(
      long big,
      double real,
      float small,
      boolean flag,
      String text,
      String nothing,
      List<Integer> list,
      Map<String, Object> map,
      SortedMap<Integer, String> byNumber,
      int[] ints,
      double[] doubles,
      byte[] bytes,
      char[] chars,
      boolean[] flags,
      Axis axis,
      Box box,
      Path path,
      BigInteger huge,
      BigDecimal exact,
      Instant instant,
      Duration duration,
      LocalDate date,
      OffsetDateTime zoned)
      implements Quiet {}

  record Anything(Object value) implements Quiet {}

  @JsonTypeName("mesh.Simplify")
  record Renamed(@JsonProperty("layer_path") String layerPath) implements Quiet {}

  static class Plain implements Quiet {
    private String name = "";
    private int count;
    private transient int cached = 7;

    static Plain of(String name, int count) {
      Plain plain = new Plain();
      plain.name = name;
      plain.count = count;
      return plain;
    }

    boolean isNamed() {
      return !name.isEmpty() && cached == 7;
    }
  }

  static final class Built implements Quiet {
    private final String name;

    @JsonCreator
    Built(@JsonProperty("name") String name) {
      this.name = name;
    }
  }

  private static <T extends Task> T roundTrip(T task) {
    @SuppressWarnings("unchecked")
    Class<T> type = (Class<T>) task.getClass();
    return type.cast(TaskRegistry.of(type).task(task.payload()));
  }

  @Test
  void payloadIsTheFieldsInOrderAndThenTheClass() {
    assertThat(new Downsample(Path.of("/data/ü"), 3).payload().json())
        .isEqualTo("{\"layer\": \"/data/\\u00fc\", \"mip\": 3, \"class\": \"Downsample\"}");
    assertThat(new Nothing().payload().json()).isEqualTo("{\"class\": \"Nothing\"}");
  }

  @Test
  void recordComesBackEqual() {
    assertThat(roundTrip(new Downsample(Path.of("rel/a:b"), -1)))
        .isEqualTo(new Downsample(Path.of("rel/a:b"), -1));
    assertThat(roundTrip(new Downsample(Path.of(""), 0)).layer()).isEqualTo(Path.of(""));
    assertThat(roundTrip(new Nothing())).isEqualTo(new Nothing());
  }

  @Test
  void nameIsWhatTheAnnotationSays() {
    Renamed task = new Renamed("gs://bucket");

    assertThat(task.payload().json())
        .isEqualTo("{\"layer_path\": \"gs://bucket\", \"class\": \"mesh.Simplify\"}");
    assertThat(roundTrip(task)).isEqualTo(task);
  }

  @Test
  void plainClassesWork() {
    assertThat(Plain.of("a", 2).payload().json())
        .isEqualTo("{\"name\": \"a\", \"count\": 2, \"class\": \"Plain\"}");
    Plain back = roundTrip(Plain.of("a", 2));
    assertThat(back.name).isEqualTo("a");
    assertThat(back.count).isEqualTo(2);
    assertThat(back.isNamed()).isTrue();
    assertThat(roundTrip(new Built("b")).name).isEqualTo("b");
  }

  @Test
  void everyTypeThatIsDocumentedComesBack() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("z", 1);
    map.put("a", List.of(1.5, "x"));
    Everything task =
        new Everything(
            Long.MAX_VALUE,
            0.1,
            1.5f,
            true,
            "quote \" and \n",
            null,
            List.of(1, 2),
            map,
            new TreeMap<>(Map.of(1, "one", 2, "two")),
            new int[] {1, -2},
            new double[] {0.5, 1e-300},
            new byte[] {-128, 127},
            new char[] {'a', 'ü'},
            new boolean[] {true, false},
            Axis.Z,
            new Box(new long[] {512, 512, 64}, Axis.X),
            Path.of("/p q"),
            BigInteger.TWO.pow(100),
            new BigDecimal("0.10000000000000000000001"),
            Instant.parse("2026-11-24T07:00:00.123456789Z"),
            Duration.ofMinutes(90),
            LocalDate.of(2026, 11, 24),
            OffsetDateTime.parse("2026-11-24T07:00:00+05:30"));

    String json = task.payload().json();

    assertThat(json)
        .isEqualTo(
            "{\"big\": 9223372036854775807, \"real\": 0.1, \"small\": 1.5, \"flag\": true,"
                + " \"text\": \"quote \\\" and \\n\", \"nothing\": null, \"list\": [1, 2],"
                + " \"map\": {\"z\": 1, \"a\": [1.5, \"x\"]},"
                + " \"byNumber\": {\"1\": \"one\", \"2\": \"two\"}, \"ints\": [1, -2],"
                + " \"doubles\": [0.5, 1.0E-300], \"bytes\": [-128, 127],"
                + " \"chars\": [\"a\", \"\\u00fc\"], \"flags\": [true, false], \"axis\": \"Z\","
                + " \"box\": {\"shape\": [512, 512, 64], \"axis\": \"X\"}, \"path\": \"/p q\","
                + " \"huge\": 1267650600228229401496703205376,"
                + " \"exact\": 0.10000000000000000000001,"
                + " \"instant\": \"2026-11-24T07:00:00.123456789Z\", \"duration\": \"PT1H30M\","
                + " \"date\": \"2026-11-24\", \"zoned\": \"2026-11-24T07:00:00+05:30\","
                + " \"class\": \"Everything\"}");
    assertThat(roundTrip(task)).usingRecursiveComparison().isEqualTo(task);
    assertThat(roundTrip(task).payload().json()).isEqualTo(json);
  }

  @Test
  void whatJsonHasNotIsRefusedAndNamed() {
    record Deep(Box box, double[] weights) implements Quiet {}

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Anything(Double.NaN).payload())
        .withMessageContaining("Anything")
        .withMessageContaining("field value")
        .withMessageContaining("found NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Anything(List.of(1f, Float.NEGATIVE_INFINITY)).payload())
        .withMessageContaining("value[1]")
        .withMessageContaining("-Infinity");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Deep(null, new double[] {1, Double.POSITIVE_INFINITY}).payload())
        .withMessageContaining("weights")
        .withMessageContaining("Infinity");
    assertThatIllegalArgumentException().isThrownBy(() -> new Anything(new Object()).payload());
  }

  @Test
  void taskWithoutANameIsRefused() {
    Task lambda = context -> {};
    Task anonymous =
        new Task() {
          @Override
          public void execute(TaskContext context) {}
        };

    for (Task task : List.of(lambda, anonymous)) {
      assertThatIllegalArgumentException()
          .isThrownBy(task::payload)
          .withMessageContaining("a class with a name");
    }
  }

  @Test
  void payloadsThatDoNotFitAreRefusedAndSayWhere() {
    assertRefused(
        "{\"layer\": \"a\", \"mip\": \"3\", \"class\": \"Downsample\"}", "field mip", "int");
    assertRefused("{\"layer\": \"a\", \"mip\": 2.5, \"class\": \"Downsample\"}", "field mip");
    assertRefused("{\"layer\": \"a\", \"mip\": null, \"class\": \"Downsample\"}", "field mip");
    assertRefused("{\"layer\": \"a\", \"class\": \"Downsample\"}", "mip");
    assertRefused("{\"layer\": 7, \"mip\": 3, \"class\": \"Downsample\"}", "field layer");
    assertRefused(
        "{\"layer\": \"a\", \"mip\": 3, \"mop\": 1, \"class\": \"Downsample\"}", "\"mop\"");
    assertRefused("{\"layer\": \"a\", \"mip\": 3}", "an object without \"class\"");
    assertRefused("{\"mip\": 3, \"class\": 7}", "not a task");
    assertRefused("7", "found a number");
  }

  private static void assertRefused(String json, String... messages) {
    assertThatThrownBy(() -> TaskRegistry.of(Downsample.class).task(Payload.ofJson(json)))
        .isInstanceOf(UnreadableTaskException.class)
        .hasMessageContainingAll(messages);
  }
}
