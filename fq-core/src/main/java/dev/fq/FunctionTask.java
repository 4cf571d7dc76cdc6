package dev.fq;

import dev.fq.spi.Payload;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Queueable} method with its arguments. Bound by a reference to the method, so that the
 * compiler checks number and types of the arguments:
 *
 * <pre>{@code
 * import static dev.fq.FunctionTask.call;
 *
 * queue.insert(IntStream.range(0, 8).mapToObj(mip -> call(Tiles::downsample, layer, mip)));
 * }</pre>
 *
 * <p>Or step by step and by name, see {@link Binding}. Arguments are written as JSON when they are
 * bound: what becomes of an array later does not matter, and what JSON cannot say is refused then.
 *
 * <p>As a payload: {@code [["module", "name"], [arguments in order], {"name": argument, …}, -1]},
 * which is python-task-queue's form; the last is an id that nothing reads.
 */
public final class FunctionTask implements Task {

  /** A method without parameters. */
  @FunctionalInterface
  public interface Of0 extends Serializable {
    /** Calls the method. */
    void call() throws Exception;
  }

  /** A method of one parameter. */
  @FunctionalInterface
  public interface Of1<A extends @Nullable Object> extends Serializable {
    /** Calls the method. */
    void call(A a) throws Exception;
  }

  /** A method of two parameters. */
  @FunctionalInterface
  public interface Of2<A extends @Nullable Object, B extends @Nullable Object>
      extends Serializable {
    /** Calls the method. */
    void call(A a, B b) throws Exception;
  }

  /** A method of three parameters. */
  @FunctionalInterface
  public interface Of3<
          A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
      extends Serializable {
    /** Calls the method. */
    void call(A a, B b, C c) throws Exception;
  }

  /** A method of four parameters. */
  @FunctionalInterface
  public interface Of4<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object>
      extends Serializable {
    /** Calls the method. */
    void call(A a, B b, C c, D d) throws Exception;
  }

  /** A method of five parameters. */
  @FunctionalInterface
  public interface Of5<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object>
      extends Serializable {
    /** Calls the method. */
    void call(A a, B b, C c, D d, E e) throws Exception;
  }

  /** A method of six parameters. */
  @FunctionalInterface
  public interface Of6<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object>
      extends Serializable {
    /** Calls the method. */
    void call(A a, B b, C c, D d, E e, F f) throws Exception;
  }

  /** A method of seven parameters. */
  @FunctionalInterface
  public interface Of7<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object>
      extends Serializable {
    /** Calls the method. */
    void call(A a, B b, C c, D d, E e, F f, G g) throws Exception;
  }

  /** A method of eight parameters. */
  @FunctionalInterface
  public interface Of8<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object,
          H extends @Nullable Object>
      extends Serializable {
    /** Calls the method. */
    void call(A a, B b, C c, D d, E e, F f, G g, H h) throws Exception;
  }

  private final QueueableFunction function;
  private final List<String> args;
  private final Map<String, String> kwargs;

  /**
   * @param args the arguments in order, as JSON
   * @param kwargs the arguments by name, as JSON, in their order
   */
  FunctionTask(QueueableFunction function, List<String> args, Map<String, String> kwargs) {
    this.function = function;
    this.args = args;
    this.kwargs = kwargs;
  }

  /**
   * The task to call this method with these arguments. For more than eight, see {@link #bind(Class,
   * String)}.
   *
   * @throws IllegalArgumentException if it is not a reference to a {@link Queueable} method, or if
   *     JSON cannot say an argument
   */
  public static FunctionTask call(Of0 method) {
    return bound(method);
  }

  /**
   * The task to call this method with these arguments.
   *
   * @throws IllegalArgumentException as {@link #call(Of0)}
   */
  public static <A extends @Nullable Object> FunctionTask call(Of1<A> method, A a) {
    return bound(method, a);
  }

  /**
   * The task to call this method with these arguments.
   *
   * @throws IllegalArgumentException as {@link #call(Of0)}
   */
  public static <A extends @Nullable Object, B extends @Nullable Object> FunctionTask call(
      Of2<A, B> method, A a, B b) {
    return bound(method, a, b);
  }

  /**
   * The task to call this method with these arguments.
   *
   * @throws IllegalArgumentException as {@link #call(Of0)}
   */
  public static <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
      FunctionTask call(Of3<A, B, C> method, A a, B b, C c) {
    return bound(method, a, b, c);
  }

  /**
   * The task to call this method with these arguments.
   *
   * @throws IllegalArgumentException as {@link #call(Of0)}
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object>
      FunctionTask call(Of4<A, B, C, D> method, A a, B b, C c, D d) {
    return bound(method, a, b, c, d);
  }

  /**
   * The task to call this method with these arguments.
   *
   * @throws IllegalArgumentException as {@link #call(Of0)}
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object>
      FunctionTask call(Of5<A, B, C, D, E> method, A a, B b, C c, D d, E e) {
    return bound(method, a, b, c, d, e);
  }

  /**
   * The task to call this method with these arguments.
   *
   * @throws IllegalArgumentException as {@link #call(Of0)}
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object>
      FunctionTask call(Of6<A, B, C, D, E, F> method, A a, B b, C c, D d, E e, F f) {
    return bound(method, a, b, c, d, e, f);
  }

  /**
   * The task to call this method with these arguments.
   *
   * @throws IllegalArgumentException as {@link #call(Of0)}
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object>
      FunctionTask call(Of7<A, B, C, D, E, F, G> method, A a, B b, C c, D d, E e, F f, G g) {
    return bound(method, a, b, c, d, e, f, g);
  }

  /**
   * The task to call this method with these arguments.
   *
   * @throws IllegalArgumentException as {@link #call(Of0)}
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object,
          H extends @Nullable Object>
      FunctionTask call(
          Of8<A, B, C, D, E, F, G, H> method, A a, B b, C c, D d, E e, F f, G g, H h) {
    return bound(method, a, b, c, d, e, f, g, h);
  }

  private static FunctionTask bound(Serializable method, @Nullable Object... values) {
    QueueableFunction function = MethodReference.function(method);
    String[] args = new String[values.length];
    Arrays.setAll(args, i -> function.write(i, values[i]));
    return new FunctionTask(function, List.of(args), Map.of());
  }

  /**
   * This method, to be given its arguments step by step.
   *
   * @throws IllegalArgumentException if it is not a reference to a {@link Queueable} method
   */
  public static Binding bind(Of0 method) {
    return Binding.of(MethodReference.function(method));
  }

  /**
   * This method, to be given its arguments step by step.
   *
   * @throws IllegalArgumentException as {@link #bind(Of0)}
   */
  public static <A extends @Nullable Object> Binding bind(Of1<A> method) {
    return Binding.of(MethodReference.function(method));
  }

  /**
   * This method, to be given its arguments step by step.
   *
   * @throws IllegalArgumentException as {@link #bind(Of0)}
   */
  public static <A extends @Nullable Object, B extends @Nullable Object> Binding bind(
      Of2<A, B> method) {
    return Binding.of(MethodReference.function(method));
  }

  /**
   * This method, to be given its arguments step by step.
   *
   * @throws IllegalArgumentException as {@link #bind(Of0)}
   */
  public static <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
      Binding bind(Of3<A, B, C> method) {
    return Binding.of(MethodReference.function(method));
  }

  /**
   * This method, to be given its arguments step by step.
   *
   * @throws IllegalArgumentException as {@link #bind(Of0)}
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object>
      Binding bind(Of4<A, B, C, D> method) {
    return Binding.of(MethodReference.function(method));
  }

  /**
   * This method, to be given its arguments step by step.
   *
   * @throws IllegalArgumentException as {@link #bind(Of0)}
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object>
      Binding bind(Of5<A, B, C, D, E> method) {
    return Binding.of(MethodReference.function(method));
  }

  /**
   * This method, to be given its arguments step by step.
   *
   * @throws IllegalArgumentException as {@link #bind(Of0)}
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object>
      Binding bind(Of6<A, B, C, D, E, F> method) {
    return Binding.of(MethodReference.function(method));
  }

  /**
   * This method, to be given its arguments step by step.
   *
   * @throws IllegalArgumentException as {@link #bind(Of0)}
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object>
      Binding bind(Of7<A, B, C, D, E, F, G> method) {
    return Binding.of(MethodReference.function(method));
  }

  /**
   * This method, to be given its arguments step by step.
   *
   * @throws IllegalArgumentException as {@link #bind(Of0)}
   */
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object,
          H extends @Nullable Object>
      Binding bind(Of8<A, B, C, D, E, F, G, H> method) {
    return Binding.of(MethodReference.function(method));
  }

  /**
   * The {@link Queueable} method of this class that has this name in the source, with any number of
   * parameters.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Binding bind(Class<?> type, String method) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(declared -> declared.getName().equals(method))
        .filter(declared -> declared.isAnnotationPresent(Queueable.class))
        .findFirst()
        .map(declared -> Binding.of(QueueableFunction.of(declared)))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: expected a @Queueable method \"%s\", found none"
                        .formatted(type.getName(), method)));
  }

  /** The module that the function goes by. */
  public String module() {
    return function.key().module();
  }

  /** The name that the function goes by in its module. */
  public String name() {
    return function.key().name();
  }

  /**
   * Calls the method. It knows nothing of the queue; what it returns is dropped.
   *
   * @throws UnreadableTaskException if the arguments do not fit the parameters
   * @throws Exception what the method throws
   */
  @Override
  public void execute(TaskContext context) throws Exception {
    function.call(args, kwargs);
  }

  @Override
  public Payload payload() {
    String key =
        "[%s, %s]"
            .formatted(TaskJson.write("the module", module()), TaskJson.write("the name", name()));
    String named =
        kwargs.entrySet().stream()
            .map(arg -> TaskJson.write("a name", arg.getKey()) + ": " + arg.getValue())
            .collect(Collectors.joining(", ", "{", "}"));
    return TaskJson.checked(
        function.key().toString(),
        "[%s, [%s], %s, -1]".formatted(key, String.join(", ", args), named));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FunctionTask that && payload().equals(that.payload());
  }

  @Override
  public int hashCode() {
    return payload().hashCode();
  }

  @Override
  public String toString() {
    return payload().json();
  }
}
