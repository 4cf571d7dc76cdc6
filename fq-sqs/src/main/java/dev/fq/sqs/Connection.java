package dev.fq.sqs;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.SqsAsyncClientBuilder;

/**
 * The SDK's client and the threads it runs on. They are ours, since Netty's own take two seconds to
 * end, which is longer than most commands take.
 *
 * <p>The client is Netty's: that of CRT is quicker by a third and needs 23 MB of native code for
 * all platforms (docs/performance.md).
 */
final class Connection implements AutoCloseable {

  private static final int CONNECTIONS = 64;
  private static final int WAITING_REQUESTS = 10_000;
  private static final int TRIES = 8;
  private static final int END_MILLIS = 100;

  private final EventLoopGroup threads;
  private final SdkAsyncHttpClient http;
  private final SqsAsyncClient client;

  private Connection(EventLoopGroup threads, SdkAsyncHttpClient http, SqsAsyncClient client) {
    this.threads = threads;
    this.http = http;
    this.client = client;
  }

  static Connection to(SqsAddress address, SqsCredentials credentials, String region) {
    EventLoopGroup threads = new NioEventLoopGroup(0, new DefaultThreadFactory("fq-sqs", true));
    SdkAsyncHttpClient http =
        NettyNioAsyncHttpClient.builder()
            .maxConcurrency(CONNECTIONS)
            .maxPendingConnectionAcquires(WAITING_REQUESTS)
            .eventLoopGroup(SdkEventLoopGroup.create(threads))
            .build();
    SqsAsyncClientBuilder builder =
        SqsAsyncClient.builder()
            .credentialsProvider(credentials.provider())
            .region(Region.of(region))
            .httpClient(http)
            .overrideConfiguration(
                config ->
                    config.retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(TRIES)
                            .build()));
    URI endpoint = address.endpoint();
    if (endpoint != null) {
      builder.endpointOverride(endpoint);
    }
    return new Connection(threads, http, builder.build());
  }

  SqsAsyncClient client() {
    return client;
  }

  /** Does not wait for the threads, which hold nothing up. */
  @Override
  @SuppressWarnings("FutureReturnValueIgnored")
  public void close() {
    client.close();
    http.close();
    threads.shutdownGracefully(0, END_MILLIS, TimeUnit.MILLISECONDS);
  }
}
