package dev.fq.pubsub;

import com.google.api.core.ApiFuture;
import com.google.api.core.ApiFutureCallback;
import com.google.api.core.ApiFutures;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode;
import com.google.common.util.concurrent.MoreExecutors;
import dev.fq.spi.QueueDeniedException;
import dev.fq.spi.service.Answers;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What the service answers, in fq's words. */
final class Service {

  /** Throws {@link NotFoundException} if there is no such topic or subscription. */
  static final Answers ANSWERS =
      new Answers("Pub/Sub", Service::trouble, e -> e instanceof LostDeliveryException);

  private Service() {}

  /** What went wrong, in words. */
  static IOException trouble(@Nullable Throwable e) {
    if (e instanceof ExecutionException || e instanceof CompletionException) {
      return trouble(e.getCause());
    }
    if (e instanceof ApiException error) {
      if (code(error) == StatusCode.Code.NOT_FOUND) {
        return new NotFoundException(error);
      }
      String message = "Pub/Sub answers %s: %s".formatted(code(error), words(error));
      return code(error) == StatusCode.Code.PERMISSION_DENIED
          ? new QueueDeniedException(message, error)
          : new IOException(message, error);
    }
    return e instanceof IOException trouble ? trouble : new IOException(e);
  }

  static StatusCode.Code code(ApiException error) {
    return error.getStatusCode().getCode();
  }

  /** What is at the bottom of it; gRPC says its code in front of the words. */
  private static String words(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return message.replaceFirst("^[A-Z_]+: ", "");
  }

  /** The same as a future of the JDK. */
  static <T> CompletableFuture<T> future(ApiFuture<T> answer) {
    CompletableFuture<T> future = new CompletableFuture<>();
    ApiFutures.addCallback(
        answer,
        new ApiFutureCallback<>() {
          @Override
          public void onSuccess(T result) {
            future.complete(result);
          }

          @Override
          public void onFailure(Throwable trouble) {
            future.completeExceptionally(trouble);
          }
        },
        MoreExecutors.directExecutor());
    return future;
  }

  /** There is no topic or subscription of that name. */
  static final class NotFoundException extends IOException {
    private static final long serialVersionUID = 1;

    NotFoundException(ApiException cause) {
      super("Pub/Sub answers NOT_FOUND: " + words(cause), cause);
    }
  }

  /** The service says that a delivery no longer counts. */
  static final class LostDeliveryException extends IOException {
    private static final long serialVersionUID = 1;

    LostDeliveryException(String why) {
      super("the delivery no longer counts: " + why);
    }
  }
}
