package dev.fq.pubsub;

import com.google.api.core.ApiFunction;
import com.google.api.gax.core.CredentialsProvider;
import com.google.api.gax.core.FixedExecutorProvider;
import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.grpc.InstantiatingGrpcChannelProvider;
import com.google.api.gax.retrying.RetrySettings;
import com.google.api.gax.rpc.FixedTransportChannelProvider;
import com.google.api.gax.rpc.StatusCode;
import com.google.api.gax.rpc.TransportChannel;
import com.google.api.gax.rpc.TransportChannelProvider;
import com.google.api.gax.rpc.UnaryCallSettings;
import com.google.cloud.pubsub.v1.Publisher;
import com.google.cloud.pubsub.v1.stub.GrpcPublisherStub;
import com.google.cloud.pubsub.v1.stub.GrpcSubscriberStub;
import com.google.cloud.pubsub.v1.stub.PublisherStub;
import com.google.cloud.pubsub.v1.stub.PublisherStubSettings;
import com.google.cloud.pubsub.v1.stub.SubscriberStub;
import com.google.cloud.pubsub.v1.stub.SubscriberStubSettings;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * One channel to the service, and Google's stubs on it. Calls that fail by the service's fault, or
 * have no answer, are tried again for a minute.
 */
final class Connection implements AutoCloseable {

  /** An answer to a pull may have many messages of up to ten megabytes. */
  private static final int MAX_ANSWER = Integer.MAX_VALUE;

  private static final int THREADS = 4;

  private static final Set<StatusCode.Code> AGAIN =
      Set.of(
          StatusCode.Code.ABORTED,
          StatusCode.Code.DEADLINE_EXCEEDED,
          StatusCode.Code.INTERNAL,
          StatusCode.Code.RESOURCE_EXHAUSTED,
          StatusCode.Code.UNAVAILABLE,
          StatusCode.Code.UNKNOWN);

  /** Of a pull, no answer in time means that there is nothing. */
  private static final Set<StatusCode.Code> PULL_AGAIN =
      Set.of(StatusCode.Code.ABORTED, StatusCode.Code.INTERNAL, StatusCode.Code.UNAVAILABLE);

  /** Whoever opens a queue under a wrong address is not to wait long for being told. */
  private static final Duration FIRST_WORD = Duration.ofSeconds(5);

  private static final RetrySettings RETRIES =
      RetrySettings.newBuilder()
          .setInitialRetryDelayDuration(Duration.ofMillis(100))
          .setRetryDelayMultiplier(2)
          .setMaxRetryDelayDuration(Duration.ofSeconds(10))
          .setInitialRpcTimeoutDuration(Duration.ofSeconds(20))
          .setRpcTimeoutMultiplier(1)
          .setMaxRpcTimeoutDuration(Duration.ofSeconds(20))
          .setTotalTimeoutDuration(Duration.ofSeconds(60))
          .build();

  private final ScheduledExecutorService threads;
  private final TransportChannel channel;
  private final TransportChannelProvider transport;
  private final CredentialsProvider credentials;
  private final PublisherStub publisher;
  private final SubscriberStub subscriber;

  private Connection(
      ScheduledExecutorService threads, TransportChannel channel, CredentialsProvider credentials)
      throws IOException {
    this.threads = threads;
    this.channel = channel;
    this.transport = FixedTransportChannelProvider.create(channel);
    this.credentials = credentials;
    this.publisher = publisher();
    this.subscriber = subscriber();
  }

  /**
   * @param home where secrets are
   * @throws IOException if there are no credentials
   */
  static Connection to(PubSubAddress address, Path home) throws IOException {
    CredentialsProvider credentials =
        address.plaintext() ? NoCredentialsProvider.create() : GoogleSecrets.find(home);
    ScheduledExecutorService threads =
        Executors.newScheduledThreadPool(
            THREADS,
            work -> {
              Thread thread = new Thread(work, "fq-pubsub");
              thread.setDaemon(true);
              return thread;
            });
    return new Connection(
        threads, channel(address.endpoint(), address.plaintext(), threads), credentials);
  }

  private static TransportChannel channel(
      @Nullable String endpoint, boolean plaintext, ScheduledExecutorService threads)
      throws IOException {
    InstantiatingGrpcChannelProvider.Builder provider =
        SubscriberStubSettings.defaultGrpcTransportProviderBuilder()
            .setEndpoint(endpoint == null ? SubscriberStubSettings.getDefaultEndpoint() : endpoint)
            .setMaxInboundMessageSize(MAX_ANSWER)
            .setExecutor(threads)
            .setHeaderProvider(() -> Map.of());
    if (plaintext) {
      provider.setChannelConfigurator(withoutTls());
    }
    return provider.build().getTransportChannel();
  }

  @SuppressWarnings("rawtypes") // as the library declares it
  private static ApiFunction<ManagedChannelBuilder, ManagedChannelBuilder> withoutTls() {
    return ManagedChannelBuilder::usePlaintext;
  }

  private PublisherStub publisher() throws IOException {
    PublisherStubSettings.Builder settings =
        PublisherStubSettings.newBuilder()
            .setTransportChannelProvider(transport)
            .setCredentialsProvider(credentials)
            .setBackgroundExecutorProvider(FixedExecutorProvider.create(threads));
    for (UnaryCallSettings.Builder<?, ?> call : settings.unaryMethodSettingsBuilders()) {
      call.setRetryableCodes(AGAIN).setRetrySettings(RETRIES);
    }
    return GrpcPublisherStub.create(settings.build());
  }

  private SubscriberStub subscriber() throws IOException {
    SubscriberStubSettings.Builder settings =
        SubscriberStubSettings.newBuilder()
            .setTransportChannelProvider(transport)
            .setCredentialsProvider(credentials)
            .setBackgroundExecutorProvider(FixedExecutorProvider.create(threads));
    for (UnaryCallSettings.Builder<?, ?> call : settings.unaryMethodSettingsBuilders()) {
      call.setRetryableCodes(AGAIN).setRetrySettings(RETRIES);
    }
    settings.pullSettings().setRetryableCodes(PULL_AGAIN);
    settings
        .getSubscriptionSettings()
        .setRetrySettings(RETRIES.toBuilder().setTotalTimeoutDuration(FIRST_WORD).build());
    return GrpcSubscriberStub.create(settings.build());
  }

  /** How a publisher of this topic begins. */
  Publisher.Builder publisherTo(String topic) {
    return Publisher.newBuilder(topic)
        .setChannelProvider(transport)
        .setCredentialsProvider(credentials)
        .setExecutorProvider(FixedExecutorProvider.create(threads))
        .setRetrySettings(RETRIES);
  }

  PublisherStub topics() {
    return publisher;
  }

  SubscriberStub subscriptions() {
    return subscriber;
  }

  /** For what is to be done a little later. */
  ScheduledExecutorService timer() {
    return threads;
  }

  @Override
  public void close() {
    publisher.close();
    subscriber.close();
    channel.shutdownNow();
    threads.shutdownNow();
  }
}
