package dev.fq;

import dev.fq.spi.PartialInsertException;
import dev.fq.spi.QueueBackend;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.BitSet;

/** A queue before whose verbs a test does something, such as having trouble. */
final class InterceptedQueue {

  private InterceptedQueue() {}

  /** What to do before a verb; what it throws is what the verb throws. */
  @FunctionalInterface
  interface Before {
    void call(String verb, Object[] arguments) throws Throwable;
  }

  static QueueBackend of(QueueBackend queue, Before before) {
    return proxy(
        (proxy, method, arguments) -> {
          before.call(method.getName(), arguments);
          try {
            return method.invoke(queue, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  /** What a queue throws that has inserted the first so many of the given tasks. */
  static PartialInsertException partly(int inserted, int given, IOException why) {
    BitSet missing = new BitSet();
    missing.set(inserted, given);
    return new PartialInsertException(given, missing, why);
  }

  /** The same queue, but for what it says when asked this. */
  static QueueBackend answering(QueueBackend queue, String question, Object answer) {
    return proxy(
        (proxy, method, arguments) ->
            method.getName().equals(question) ? answer : method.invoke(queue, arguments));
  }

  private static QueueBackend proxy(InvocationHandler handler) {
    return (QueueBackend)
        Proxy.newProxyInstance(
            QueueBackend.class.getClassLoader(), new Class<?>[] {QueueBackend.class}, handler);
  }
}
