package dev.fq;

import com.fasterxml.jackson.databind.type.TypeFactory;
import dev.fq.spi.OutcomeLog;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What tasks returned, one result a task, lazily; the streams are to be closed. For the rest see
 * {@link OutcomeLog#results}.
 */
public final class Results {

  private final OutcomeLog log;

  private Results(OutcomeLog log) {
    this.log = log;
  }

  /** Those that workers recorded here. */
  public static Results in(OutcomeLog log) {
    return new Results(log);
  }

  /** Those of all tasks, as JSON. */
  public Stream<TaskResult> all() throws IOException {
    return log.results(task -> true);
  }

  /**
   * Those of tasks of this class.
   *
   * <p>One that is not of its type any more comes as an {@link UnreadableTaskException}.
   */
  public <R extends @Nullable Object> Stream<Result<R>> of(Class<? extends ResultTask<R>> type)
      throws IOException {
    Type result =
        TypeFactory.defaultInstance()
            .constructType(type)
            .findSuperType(ResultTask.class)
            .containedTypeOrUnknown(0);
    return read(TaskJson.name(type), result);
  }

  /**
   * Those of tasks of this type, for functions, as {@code package.Class.method} or what {@link
   * Queueable} says, and commands, {@code CommandTask}; for the rest as {@link #of(Class)}.
   *
   * @param result what to read them as
   */
  public <R> Stream<Result<R>> of(String type, Class<R> result) throws IOException {
    return read(type, result);
  }

  private <R extends @Nullable Object> Stream<Result<R>> read(String type, Type as)
      throws IOException {
    return all().filter(result -> result.type().equals(type)).map(result -> read(result, as));
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the JSON is read as the type that R stands for
  private static <R extends @Nullable Object> Result<R> read(TaskResult result, Type as) {
    Object value = TaskJson.read("the result of task " + result.task(), result.json(), as);
    return new Result<>(result.task(), (R) value);
  }
}
