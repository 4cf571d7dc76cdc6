package dev.fq;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes tasks of {@link Queueable} methods and their arguments. A method is given by a reference,
 * so that the compiler checks number and types of the arguments:
 *
 * <pre>{@code
 * import static dev.fq.Functions.call;
 *
 * queue.insert(IntStream.range(0, 8).mapToObj(mip -> call(Tiles::downsample, layer, mip)));
 * }</pre>
 *
 * <p>Or step by step and by name, see {@link Binding}. Arguments are written as JSON when they are
 * bound: what becomes of an array later does not matter, and what JSON cannot say is refused then.
 */
public final class Functions {

  private Functions() {}

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
}
