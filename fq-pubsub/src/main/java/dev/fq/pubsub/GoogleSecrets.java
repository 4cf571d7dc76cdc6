package dev.fq.pubsub;

import com.google.api.gax.core.CredentialsProvider;
import com.google.api.gax.core.FixedCredentialsProvider;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.auth.oauth2.ServiceAccountCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Who we are to the service: what users of python-task-queue have in their secrets, else the
 * Application Default Credentials. Never logged, and in no message.
 */
final class GoogleSecrets {

  /** In this order, as python-task-queue looks. */
  private static final List<String> SECRETS =
      List.of(".cloudvolume/secrets/google-secret.json", ".cloudfiles/secrets/google-secret.json");

  private static final List<String> SCOPES = List.of("https://www.googleapis.com/auth/pubsub");

  private GoogleSecrets() {}

  /**
   * @param home where the secrets are
   * @throws IOException if there are none, or they cannot be read
   */
  static CredentialsProvider find(Path home) throws IOException {
    for (String secrets : SECRETS) {
      Path file = home.resolve(secrets);
      if (Files.exists(file)) {
        return provider(read(file));
      }
    }
    try {
      return provider(GoogleCredentials.getApplicationDefault());
    } catch (IOException e) {
      throw new IOException(
          ("no credentials for Google Cloud: expected %s, or what GOOGLE_APPLICATION_CREDENTIALS"
                  + " names, or those that `gcloud auth application-default login` makes")
              .formatted(home.resolve(SECRETS.get(0))),
          e);
    }
  }

  private static GoogleCredentials read(Path file) throws IOException {
    byte[] json = Files.readAllBytes(file);
    try {
      return GoogleCredentials.fromStream(new ByteArrayInputStream(json));
    } catch (IOException | RuntimeException e) {
      // The library's own message may quote the secret.
      throw new IOException(file + ": expected the JSON key of a Google service account");
    }
  }

  private static CredentialsProvider provider(GoogleCredentials credentials) {
    GoogleCredentials scoped = credentials.createScoped(SCOPES);
    // As Google's own clients do: a service account signs for itself, and need not ask for a token.
    return FixedCredentialsProvider.create(
        scoped instanceof ServiceAccountCredentials account
            ? account.createWithUseJwtAccessWithScope(true)
            : scoped);
  }
}
