package dev.fq.sqs;

import dev.fq.spi.QueueUrl;
import java.nio.file.Path;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.elasticmq.StrictSQSLimits$;
import org.elasticmq.actor.QueueManagerActor;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.elasticmq.util.NowProvider;
import scala.Option;

/** ElasticMQ on a free port of this process, by the test's clock. */
final class LocalServer implements AutoCloseable {

  private static final AtomicInteger NAMES = new AtomicInteger();

  private final ActorSystem actors = ActorSystem.create("elasticmq-" + NAMES.incrementAndGet());
  private final SQSRestServer server;
  private final int port;

  private volatile Clock clock;

  LocalServer(Clock clock) {
    this.clock = clock;
    ActorRef queues =
        actors.actorOf(
            Props.create(
                QueueManagerActor.class,
                () -> new QueueManagerActor(new Now(), StrictSQSLimits$.MODULE$, Option.empty())));
    this.server =
        SQSRestServerBuilder.withActorSystem(actors)
            .withQueueManagerActor(queues)
            .withInterface("127.0.0.1")
            .withDynamicPort()
            .start();
    this.port = server.waitUntilStarted().localAddress().getPort();
  }

  private final class Now extends NowProvider {
    @Override
    public long nowMillis() {
      return clock.millis();
    }

    @Override
    public OffsetDateTime now() {
      return clock.instant().atOffset(ZoneOffset.UTC);
    }
  }

  void clock(Clock time) {
    clock = time;
  }

  String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /** A queue there; made if it has to be. */
  SqsQueueBuilder queue(String name) {
    return SqsQueue.at(QueueUrl.parse("sqs://" + name))
        .endpoint(endpoint())
        .create(true)
        .home(Path.of("no-home"));
  }

  @Override
  public void close() {
    server.stopAndWait();
    actors.terminate();
  }
}
