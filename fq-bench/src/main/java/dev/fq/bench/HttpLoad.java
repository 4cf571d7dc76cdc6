package dev.fq.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * A bare load generator: requests that were made before, sent over and over with the JDK's HTTP
 * client, 64 at once. No SDK, no signature, and of the answers only the status is looked at.
 */
final class HttpLoad {

  private static final int AT_ONCE = 64;
  private static final int OK = 200;
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final List<HttpRequest> requests = new ArrayList<>();
  private final Semaphore permits = new Semaphore(AT_ONCE);

  HttpLoad(String endpoint, String queue, List<String> bodies, int batch) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    for (int start = 0; start < bodies.size(); start += batch) {
      ObjectNode json = mapper.createObjectNode();
      json.put("QueueUrl", endpoint + "/000000000000/" + queue);
      ArrayNode entries = json.putArray("Entries");
      for (int i = start; i < Math.min(start + batch, bodies.size()); i++) {
        entries.addObject().put("Id", Integer.toString(i)).put("MessageBody", bodies.get(i));
      }
      requests.add(
          HttpRequest.newBuilder(URI.create(endpoint + "/"))
              .header("Content-Type", "application/x-amz-json-1.0")
              .header("X-Amz-Target", "AmazonSQS.SendMessageBatch")
              .POST(HttpRequest.BodyPublishers.ofByteArray(mapper.writeValueAsBytes(json)))
              .build());
    }
  }

  /** Sends all of it. */
  void send() throws IOException {
    List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
    for (HttpRequest request : requests) {
      permits.acquireUninterruptibly();
      answers.add(
          CLIENT
              .sendAsync(request, HttpResponse.BodyHandlers.discarding())
              .whenComplete((answer, trouble) -> permits.release()));
    }
    for (CompletableFuture<HttpResponse<Void>> answer : answers) {
      if (answer.join().statusCode() != OK) {
        throw new IOException("the server answers " + answer.join().statusCode());
      }
    }
  }
}
