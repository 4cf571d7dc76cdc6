package dev.fq.sqs;

import dev.fq.spi.QueueDeniedException;
import dev.fq.spi.service.Answers;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** What the service answers, in fq's words. */
final class Service {

  /**
   * What the service answers when a receipt no longer counts; with a prefix in the older protocol.
   */
  private static final Set<String> LOST = Set.of("ReceiptHandleIsInvalid", "MessageNotInflight");

  /** What it answers to somebody who may not do this; see "Common Error Types" of its API. */
  private static final Set<String> DENIED = Set.of("AccessDenied", "AccessDeniedException");

  /** An expired receipt handle, and a message that is gone, are invalid values of parameters. */
  private static final String INVALID_VALUE = "InvalidParameterValue";

  private static final Pattern OF_RECEIPT =
      Pattern.compile("receipt ?handle|message.* does not exist", Pattern.CASE_INSENSITIVE);

  private static final String PREFIX = "AWS.SimpleQueueService.";

  /** Throws {@link QueueGoneException} if there is no such queue. */
  static final Answers ANSWERS = new Answers("SQS", Service::trouble, Service::isLost);

  private Service() {}

  private static boolean isLost(IOException e) {
    return e.getCause() instanceof AwsServiceException error
        && (LOST.contains(code(error))
            || (code(error).equals(INVALID_VALUE)
                && OF_RECEIPT.matcher(String.valueOf(e.getMessage())).find()));
  }

  /** The entries of a batch that failed, by their ids, which are their places. */
  static Map<Integer, Throwable> failures(List<BatchResultErrorEntry> failed) {
    return failed.stream()
        .collect(Collectors.toMap(entry -> Integer.parseInt(entry.id()), Service::exception));
  }

  /** As a call alone would have thrown it. */
  private static Throwable exception(BatchResultErrorEntry entry) {
    return SqsException.builder()
        .message(entry.message())
        .awsErrorDetails(
            AwsErrorDetails.builder().errorCode(entry.code()).errorMessage(entry.message()).build())
        .build();
  }

  /** What went wrong, in words. */
  static IOException trouble(@Nullable Throwable e) {
    if (e instanceof ExecutionException || e instanceof CompletionException) {
      return trouble(e.getCause());
    }
    if (e instanceof QueueDoesNotExistException gone) {
      return new QueueGoneException(gone);
    }
    if (e instanceof AwsServiceException error) {
      String message =
          "SQS answers %s: %s".formatted(code(error), error.awsErrorDetails().errorMessage());
      return DENIED.contains(code(error))
          ? new QueueDeniedException(message, error)
          : new IOException(message, error);
    }
    if (e instanceof SdkException) {
      // The SDK adds paragraphs of advice, for programmers.
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return new IOException("SQS: " + message, e);
    }
    return e instanceof IOException trouble ? trouble : new IOException(e);
  }

  private static String code(AwsServiceException error) {
    String code = String.valueOf(error.awsErrorDetails().errorCode());
    return code.startsWith(PREFIX) ? code.substring(PREFIX.length()) : code;
  }

  /** There is no queue of that name. */
  static final class QueueGoneException extends IOException {
    private static final long serialVersionUID = 1;

    QueueGoneException(QueueDoesNotExistException cause) {
      super("there is no such queue", cause);
    }
  }
}
