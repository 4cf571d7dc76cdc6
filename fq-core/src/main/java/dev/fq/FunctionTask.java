package dev.fq;

import dev.fq.spi.Payload;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Queueable} method with its arguments, as {@link Functions#call} and {@link Binding} make
 * it.
 *
 * <p>As a payload: {@code [["module", "name"], [arguments in order], {"name": argument, …}, -1]},
 * which is python-task-queue's form; the last is an id that nothing reads.
 */
public final class FunctionTask implements Task {

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

  /** The module that the function goes by. */
  public String module() {
    return function.key().module();
  }

  /** The name that the function goes by in its module. */
  public String name() {
    return function.key().name();
  }

  /**
   * Calls the method. It knows nothing of the queue; what it returns is the task's {@link
   * TaskContext#result result}.
   *
   * @throws UnreadableTaskException if the arguments do not fit the parameters
   * @throws Exception what the method throws
   */
  @Override
  public void execute(TaskContext context) throws Exception {
    Object value = function.call(args, kwargs);
    if (function.returns()) {
      context.result(value);
    }
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
            "[%s, [%s], %s, -1]".formatted(key, String.join(", ", args), named))
        .withLimits(function.limits());
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
