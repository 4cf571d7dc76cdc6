package dev.fq;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Queueable} method with some of its arguments; the others follow, in order or by name:
 *
 * <pre>{@code
 * Binding ofLayer = Functions.bind(Tiles::downsample).with(layer);
 * queue.insert(IntStream.range(0, 8).mapToObj(mip -> ofLayer.with("mip", mip).task()));
 * }</pre>
 *
 * <p>Immutable. An argument that the parameter does not take is refused as soon as it is given.
 */
public final class Binding {

  private final QueueableFunction function;
  private final List<String> args;
  private final Map<String, String> kwargs;

  private Binding(QueueableFunction function, List<String> args, Map<String, String> kwargs) {
    this.function = function;
    this.args = args;
    this.kwargs = kwargs;
  }

  static Binding of(QueueableFunction function) {
    return new Binding(function, List.of(), Map.of());
  }

  /**
   * The same, with the argument for the next parameter in order.
   *
   * @throws IllegalArgumentException if there is no other parameter, it has been given by name, it
   *     does not take this value, or JSON cannot say it
   */
  public Binding with(@Nullable Object value) {
    int next = args.size();
    if (next == function.parameterCount()) {
      throw new IllegalArgumentException(
          "expected at most %s arguments, found another: %s".formatted(next, function));
    }
    requireFree(function.nameOf(next));
    String json = function.write(next, value);
    return new Binding(function, Stream.concat(args.stream(), Stream.of(json)).toList(), kwargs);
  }

  /**
   * The same, with the argument for the parameter of this name.
   *
   * @throws IllegalArgumentException if there is no such parameter, it has been given, it does not
   *     take this value, or JSON cannot say it
   */
  public Binding with(String parameter, @Nullable Object value) {
    int index = function.indexOf(parameter);
    if (index < args.size()) {
      throw twice(parameter);
    }
    requireFree(parameter);
    Map<String, String> more = new LinkedHashMap<>(kwargs);
    more.put(parameter, function.write(index, value));
    return new Binding(function, args, more);
  }

  private void requireFree(String parameter) {
    if (kwargs.containsKey(parameter)) {
      throw twice(parameter);
    }
  }

  private IllegalArgumentException twice(String parameter) {
    return new IllegalArgumentException(
        "argument \"%s\" is given twice: %s".formatted(parameter, function));
  }

  /**
   * The task to call the method with the arguments given.
   *
   * @throws IllegalArgumentException if one is missing that has no {@link Default}
   */
  public FunctionTask task() {
    function.requireComplete(args.size(), kwargs.keySet());
    return new FunctionTask(function, args, kwargs);
  }
}
