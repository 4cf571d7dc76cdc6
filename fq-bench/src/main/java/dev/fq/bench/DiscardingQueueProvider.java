package dev.fq.bench;

import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueUrl;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opens queues that take everything in and keep nothing. */
public final class DiscardingQueueProvider implements QueueBackendProvider {

  static final String URL = "discard://all";

  @Override
  public String example() {
    return URL;
  }

  @Override
  public Set<String> schemes() {
    return Set.of("discard");
  }

  @Override
  public QueueBackend open(QueueUrl url, OpenMode mode) {
    return (QueueBackend)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {QueueBackend.class},
            DiscardingQueueProvider::answer);
  }

  private static @Nullable Object answer(
      Object proxy, Method verb, @Nullable Object @Nullable [] arguments) {
    return switch (verb.getName()) {
      case "close" -> null;
      case "url", "toString" -> URL;
      case "insert", "capabilities" -> Set.of();
      case "isTransient" -> false;
      default -> throw new UnsupportedOperationException(verb.getName());
    };
  }
}
