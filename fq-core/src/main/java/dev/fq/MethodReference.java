package dev.fq;

import java.io.Serializable;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which method a method reference refers to. The compiler tells it of those that are
 * {@link Serializable}, by a {@link SerializedLambda}; nothing is ever serialized.
 *
 * <p>So the compiler checks the arguments, and the queue gets a name. Rejected: code generation,
 * which needs a processor in every user's build; names in strings, which nobody checks.
 */
final class MethodReference {

  /** Each reference in the source is a class of its own, and is asked once. */
  private static final ClassValue<AtomicReference<@Nullable QueueableFunction>> KNOWN =
      new ClassValue<>() {
        @Override
        protected AtomicReference<@Nullable QueueableFunction> computeValue(Class<?> type) {
          return new AtomicReference<>();
        }
      };

  private MethodReference() {}

  /**
   * The function that this refers to.
   *
   * @throws IllegalArgumentException if it is no reference to a {@link Queueable} static method
   */
  static QueueableFunction function(Serializable reference) {
    AtomicReference<@Nullable QueueableFunction> known = KNOWN.get(reference.getClass());
    QueueableFunction function = known.get();
    if (function == null) {
      function = QueueableFunction.of(method(reference));
      known.set(function);
    }
    return function;
  }

  private static Method method(Serializable reference) {
    try {
      Method replace = reference.getClass().getDeclaredMethod("writeReplace");
      replace.setAccessible(true);
      if (replace.invoke(reference) instanceof SerializedLambda lambda && isPlain(lambda)) {
        return method(lambda, reference.getClass().getClassLoader());
      }
    } catch (NoSuchMethodException e) {
      throw noReference(reference, e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          reference.getClass().getName() + ": cannot find out what it refers to", e);
    }
    throw noReference(reference, null);
  }

  /** A lambda is a synthetic method, which says so by its name (JLS 13.1 has it marked). */
  private static boolean isPlain(SerializedLambda lambda) {
    return lambda.getImplMethodKind() == MethodHandleInfo.REF_invokeStatic
        && lambda.getCapturedArgCount() == 0
        && !lambda.getImplMethodName().startsWith("lambda$");
  }

  private static Method method(SerializedLambda lambda, ClassLoader loader)
      throws ReflectiveOperationException {
    String className = lambda.getImplClass().replace('/', '.');
    MethodType type =
        MethodType.fromMethodDescriptorString(lambda.getImplMethodSignature(), loader);
    return Class.forName(className, false, loader)
        .getDeclaredMethod(lambda.getImplMethodName(), type.parameterArray());
  }

  private static IllegalArgumentException noReference(
      Serializable reference, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "expected a reference to a @Queueable static method, as Tiles::downsample, found a lambda"
            + " or something else: "
            + reference.getClass().getName(),
        cause);
  }
}
