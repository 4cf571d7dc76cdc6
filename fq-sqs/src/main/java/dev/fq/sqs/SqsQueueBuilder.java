package dev.fq.sqs;

import dev.fq.spi.NoQueueException;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/** How to open a queue; each setting is an option of the address too. */
public final class SqsQueueBuilder {

  private QueueUrl url;
  private Path home = Path.of(System.getProperty("user.home"));
  private Clock clock = Clock.systemUTC();
  private SqsQueue.Poll poll = SqsQueueBuilder::longPoll;

  SqsQueueBuilder(QueueUrl url) {
    this.url = url;
  }

  /** The region; what the address, the secrets or the SDK say, unless set. */
  public SqsQueueBuilder region(String name) {
    url = url.with("region", name);
    return this;
  }

  /** The service's address; Amazon's own unless set. */
  public SqsQueueBuilder endpoint(String address) {
    url = url.with("endpoint", address);
    return this;
  }

  /** Whether to make the queue where there is none; not unless set. */
  public SqsQueueBuilder create(boolean on) {
    url = url.with("create", Boolean.toString(on));
    return this;
  }

  /** The queue for dead tasks of a queue without a redrive policy; {@code NAME-dead} unless set. */
  public SqsQueueBuilder dead(String name) {
    url = url.with("dead", name);
    return this;
  }

  /** The message group of all tasks of a FIFO queue; a group for each task unless set. */
  public SqsQueueBuilder group(String name) {
    url = url.with("group", name);
    return this;
  }

  /**
   * Whether a purge is left to the service, which takes a minute for it and removes what is leased
   * and delayed too; not unless set.
   */
  public SqsQueueBuilder nativePurge(boolean on) {
    url = url.with("nativePurge", Boolean.toString(on));
    return this;
  }

  /**
   * How long the queue must look empty, look after look, before it is believed to be; 75 seconds
   * unless set, since the service's figures come about a minute late. Rounded up to whole seconds.
   */
  public SqsQueueBuilder emptyAfter(Duration time) {
    url = url.with("emptyAfter", Integer.toString(Limits.seconds(time)));
    return this;
  }

  SqsQueueBuilder home(Path directory) {
    this.home = directory;
    return this;
  }

  SqsQueueBuilder clock(Clock time) {
    this.clock = time;
    return this;
  }

  SqsQueueBuilder poll(SqsQueue.Poll how) {
    this.poll = how;
    return this;
  }

  /** Long polling asks all of the service's servers; a short poll may miss what is there. */
  private static int longPoll(Duration wait) {
    Duration bounded = wait.compareTo(Limits.LONGEST_POLL) < 0 ? wait : Limits.LONGEST_POLL;
    return Math.max(1, Limits.seconds(bounded));
  }

  /**
   * Opens the queue.
   *
   * @throws NoQueueException if there is none of this name in the region, and it is not to be made
   * @throws IllegalArgumentException if the address or an option is not understood, or if there is
   *     no region
   * @throws IOException on other trouble
   */
  public SqsQueue open() throws IOException {
    SqsAddress address = SqsAddress.of(url);
    SqsCredentials credentials = SqsCredentials.find(home, address.isPlainHttp());
    String region = region(address, credentials);
    Connection connection = Connection.to(address, credentials, region);
    try {
      String given = address.url();
      String queueUrl = given == null ? find(connection.client(), address) : given;
      return new SqsQueue(address, queueUrl, connection, clock, poll);
    } catch (Service.QueueGoneException e) {
      connection.close();
      throw new NoQueueException(
          ("%s: no such queue in region %s at %s; check name and region, or make it with --create"
                  + " (option create=true)")
              .formatted(
                  address,
                  region,
                  address.endpoint() == null ? "Amazon's endpoint" : address.endpoint()),
          e);
    } catch (IOException e) {
      connection.close();
      String where = address.endpoint() == null ? "" : " (" + address.endpoint() + ")";
      throw new IOException("%s: %s%s".formatted(address, e.getMessage(), where), e);
    }
  }

  private static String region(SqsAddress address, SqsCredentials credentials) {
    if (address.region() != null) {
      return address.region();
    }
    if (credentials.region() != null) {
      return credentials.region();
    }
    try {
      return providers(address).getRegion().id();
    } catch (SdkClientException e) {
      if (address.isPlainHttp()) {
        // A local server does not care; python-task-queue says this one.
        return Region.US_EAST_1.id();
      }
      throw new IllegalArgumentException(
          address
              + ": expected a region: --region, option region=…, the environment variable"
              + " AWS_REGION, or one in ~/.aws/config",
          e);
    }
  }

  /** Asking for the metadata of a machine at Amazon takes a second where there is none. */
  private static AwsRegionProvider providers(SqsAddress address) {
    return address.isPlainHttp()
        ? new AwsRegionProviderChain(
            new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
        : DefaultAwsRegionProviderChain.builder().build();
  }

  private static String find(SqsAsyncClient client, SqsAddress address) throws IOException {
    try {
      return Service.ANSWERS
          .of(client.getQueueUrl(request -> request.queueName(address.name())))
          .queueUrl();
    } catch (Service.QueueGoneException e) {
      if (!address.create()) {
        throw e;
      }
      return Service.ANSWERS.of(client.createQueue(DeadQueue.creation(address.name()))).queueUrl();
    }
  }
}
