package dev.fq.bench;

import com.google.protobuf.ByteString;
import com.google.pubsub.v1.PublishRequest;
import com.google.pubsub.v1.PublishResponse;
import com.google.pubsub.v1.PublisherGrpc;
import com.google.pubsub.v1.PubsubMessage;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * A bare load generator: publish requests that were made before, sent all at once through gRPC's
 * own stub. No client of Google's, no retries, no credentials.
 */
final class PublishLoad implements AutoCloseable {

  private final ManagedChannel channel;
  private final PublisherGrpc.PublisherFutureStub stub;
  private final List<PublishRequest> requests = new ArrayList<>();

  /**
   * @param endpoint HOST:PORT of a server without TLS
   * @param batch messages a request
   */
  PublishLoad(String endpoint, String topic, List<String> bodies, int batch) {
    channel = ManagedChannelBuilder.forTarget(endpoint).usePlaintext().build();
    stub = PublisherGrpc.newFutureStub(channel);
    for (int start = 0; start < bodies.size(); start += batch) {
      PublishRequest.Builder request = PublishRequest.newBuilder().setTopic(topic);
      for (String body : bodies.subList(start, Math.min(start + batch, bodies.size()))) {
        request.addMessages(PubsubMessage.newBuilder().setData(ByteString.copyFromUtf8(body)));
      }
      requests.add(request.build());
    }
  }

  /** Sends all of it. */
  void send() throws IOException, InterruptedException {
    List<Future<PublishResponse>> answers = new ArrayList<>();
    for (PublishRequest request : requests) {
      answers.add(stub.publish(request));
    }
    for (Future<PublishResponse> answer : answers) {
      try {
        answer.get();
      } catch (ExecutionException e) {
        throw new IOException(e.getCause());
      }
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
