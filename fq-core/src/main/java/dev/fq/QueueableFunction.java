package dev.fq;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.fq.spi.TaskLimits;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One {@link Queueable} method: what it is called, what it takes, and how to call it. */
final class QueueableFunction {

  private static final String NAMELESS =
      "; its class file has no names of parameters: compile it with -parameters, or name them by"
          + " @JsonProperty";

  /**
   * What a function goes by.
   *
   * @param module the module, in Python's sense
   * @param name the name in that module
   */
  record Key(String module, String name) {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /**
   * One parameter.
   *
   * @param name what it goes by
   * @param type what it takes
   * @param ifMissing the JSON that stands for it when it is not given; null if it must be
   */
  private record Param(String name, Class<?> type, Type genericType, @Nullable String ifMissing) {
    static Param of(Parameter parameter) {
      JsonProperty given = parameter.getAnnotation(JsonProperty.class);
      Default value = parameter.getAnnotation(Default.class);
      return new Param(
          given == null || given.value().isEmpty() ? parameter.getName() : given.value(),
          parameter.getType(),
          parameter.getParameterizedType(),
          value == null ? null : value.value());
    }

    static boolean isNamed(Parameter parameter) {
      return parameter.isNamePresent() || parameter.isAnnotationPresent(JsonProperty.class);
    }

    private Class<?> boxed() {
      return MethodType.methodType(type).wrap().returnType();
    }

    boolean takes(@Nullable Object value) {
      return value == null ? !type.isPrimitive() : boxed().isInstance(value);
    }
  }

  private final Key key;
  private final Method method;
  private final List<Param> params;
  private final boolean hasNames;

  private QueueableFunction(Key key, Method method, List<Param> params) {
    this.key = key;
    this.method = method;
    this.params = params;
    this.hasNames = Arrays.stream(method.getParameters()).allMatch(Param::isNamed);
  }

  /**
   * The function that this method is.
   *
   * @throws IllegalArgumentException if it is not marked, not static, takes a variable number of
   *     arguments, or has a bad default
   */
  static QueueableFunction of(Method method) {
    Queueable mark = method.getAnnotation(Queueable.class);
    String place = method.getDeclaringClass().getName() + "." + method.getName();
    if (mark == null) {
      throw new IllegalArgumentException(
          place + ": expected a static method marked @Queueable, found one that is not marked");
    }
    if (!Modifier.isStatic(method.getModifiers())) {
      throw new IllegalArgumentException(place + ": a @Queueable method must be static");
    }
    if (method.isVarArgs()) {
      throw new IllegalArgumentException(
          place
              + ": a @Queueable method cannot take a variable number of arguments (...);"
              + " take a List");
    }
    method.setAccessible(true);
    Key key =
        new Key(
            mark.module().isEmpty() ? method.getDeclaringClass().getName() : mark.module(),
            mark.name().isEmpty() ? method.getName() : mark.name());
    List<Param> params = Arrays.stream(method.getParameters()).map(Param::of).toList();
    QueueableFunction function = new QueueableFunction(key, method, params);
    function.requireReadableDefaults();
    return function;
  }

  private void requireReadableDefaults() {
    Set<String> names = new HashSet<>();
    for (Param param : params) {
      if (!names.add(param.name)) {
        throw new IllegalArgumentException(
            "%s: two parameters are named \"%s\"".formatted(key, param.name));
      }
      if (param.ifMissing != null) {
        try {
          read(param, param.ifMissing);
        } catch (UnreadableTaskException e) {
          throw new IllegalArgumentException("@Default: " + e.getMessage(), e);
        }
      }
    }
  }

  boolean isOf(Method other) {
    return method.equals(other);
  }

  /** Whether what a call of it gives is a result. */
  boolean returns() {
    return method.getReturnType() != void.class && method.getReturnType() != Void.class;
  }

  /** What it says of attempts at its tasks. */
  TaskLimits limits() {
    return TaskJson.limits(method);
  }

  Key key() {
    return key;
  }

  /** The place of the parameter of this name. */
  int indexOf(String name) {
    for (int i = 0; i < params.size(); i++) {
      if (params.get(i).name.equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "no parameter \"%s\": %s%s".formatted(name, this, hasNames ? "" : NAMELESS));
  }

  String nameOf(int index) {
    return params.get(index).name;
  }

  int parameterCount() {
    return params.size();
  }

  /**
   * The argument for this parameter as JSON.
   *
   * @throws IllegalArgumentException if the parameter does not take the value, or JSON cannot say
   *     it
   */
  String write(int index, @Nullable Object value) {
    Param param = params.get(index);
    if (!param.takes(value)) {
      throw new IllegalArgumentException(
          "argument \"%s\": expected %s, found %s: %s"
              .formatted(
                  param.name,
                  param.type.getSimpleName(),
                  value == null ? "null" : value.getClass().getSimpleName(),
                  this));
    }
    return TaskJson.write("argument \"%s\" of %s".formatted(param.name, key), value);
  }

  /** Passes when nothing more is needed than so many in order and these by name. */
  void requireComplete(int given, Set<String> named) {
    if (given > params.size()) {
      throw new IllegalArgumentException(
          "expected at most %s arguments, found %s: %s".formatted(params.size(), given, this));
    }
    for (String name : named) {
      if (indexOf(name) < given) {
        throw new IllegalArgumentException(
            "argument \"%s\" is given twice, in order and by name: %s".formatted(name, this));
      }
    }
    for (Param param : params.subList(given, params.size())) {
      if (param.ifMissing == null && !named.contains(param.name)) {
        throw new IllegalArgumentException(
            "argument \"%s\" is missing: %s".formatted(param.name, this));
      }
    }
  }

  /**
   * Passes when the method can be called with these arguments.
   *
   * @throws UnreadableTaskException if they do not fit
   */
  void requireReadable(List<String> args, Map<String, String> kwargs) {
    values(args, kwargs);
  }

  /**
   * Calls the method with these arguments.
   *
   * @return null if it {@link #returns} nothing
   * @throws UnreadableTaskException if they do not fit
   * @throws Exception what the method throws
   */
  @Nullable Object call(List<String> args, Map<String, String> kwargs) throws Exception {
    try {
      return method.invoke(null, values(args, kwargs));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception thrown) {
        throw thrown;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  private @Nullable Object[] values(List<String> args, Map<String, String> kwargs) {
    try {
      requireComplete(args.size(), kwargs.keySet());
    } catch (IllegalArgumentException e) {
      throw new UnreadableTaskException(String.valueOf(e.getMessage()), e);
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (Param param : params) {
      String inOrder = values.size() < args.size() ? args.get(values.size()) : null;
      String json = inOrder == null ? kwargs.getOrDefault(param.name, param.ifMissing) : inOrder;
      values.add(read(param, String.valueOf(json)));
    }
    return values.toArray();
  }

  private @Nullable Object read(Param param, String json) {
    return TaskJson.read(
        "argument \"%s\" of %s".formatted(param.name, key), json, param.genericType);
  }

  @Override
  public String toString() {
    return params.stream()
        .map(param -> param.type.getSimpleName() + " " + param.name)
        .collect(Collectors.joining(", ", key + "(", ")"));
  }
}
