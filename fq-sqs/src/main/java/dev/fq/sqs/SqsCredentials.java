package dev.fq.sqs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;

/**
 * Who we are to the service: what users of python-task-queue have in their secrets, else what the
 * SDK finds. Never logged, and in no message.
 *
 * @param provider the credentials
 * @param region the region that the secrets name; null when they name none
 */
record SqsCredentials(AwsCredentialsProvider provider, @Nullable String region) {

  /** In this order, as python-task-queue looks. */
  private static final List<String> SECRETS =
      List.of(".cloudvolume/secrets/aws-secret.json", ".cloudfiles/secrets/aws-secret.json");

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * @param home where the secrets are
   * @param plainHttp whether the service is a local one, which needs no credentials and has no
   *     metadata service to ask for them
   * @throws IOException if there are secrets and they cannot be read
   */
  static SqsCredentials find(Path home, boolean plainHttp) throws IOException {
    for (String secrets : SECRETS) {
      Path file = home.resolve(secrets);
      if (Files.exists(file)) {
        return read(file);
      }
    }
    return new SqsCredentials(
        plainHttp ? local() : DefaultCredentialsProvider.builder().build(), null);
  }

  private static AwsCredentialsProvider local() {
    return AwsCredentialsProviderChain.of(
        SystemPropertyCredentialsProvider.create(),
        EnvironmentVariableCredentialsProvider.create(),
        ProfileCredentialsProvider.create(),
        AnonymousCredentialsProvider.create());
  }

  private static SqsCredentials read(Path file) throws IOException {
    JsonNode json = tree(file);
    String key = text(file, json, "AWS_ACCESS_KEY_ID");
    String secret = text(file, json, "AWS_SECRET_ACCESS_KEY");
    String region = json.path("AWS_DEFAULT_REGION").asText("");
    return new SqsCredentials(
        StaticCredentialsProvider.create(AwsBasicCredentials.create(key, secret)),
        Optional.of(region).filter(name -> !name.isEmpty()).orElse(null));
  }

  private static JsonNode tree(Path file) throws IOException {
    try {
      return MAPPER.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      // Jackson's own message may quote the secret.
      throw new IOException(file + ": not JSON");
    }
  }

  private static String text(Path file, JsonNode json, String key) throws IOException {
    String value = json.path(key).asText("");
    if (value.isEmpty()) {
      throw new IOException(file + ": expected \"" + key + "\": \"…\", found none");
    }
    return value;
  }
}
