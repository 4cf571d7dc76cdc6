package dev.fq.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.auth.Credentials;
import com.google.auth.oauth2.ServiceAccountCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoogleSecretsTest {

  @TempDir private Path home;

  private void write(String place, String json) throws IOException {
    Path file = home.resolve(place).resolve("secrets/google-secret.json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, json);
  }

  /** A service account's key as Google hands it out, with a key that opens nothing. */
  private static String key(String email) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    String pem =
        "-----BEGIN PRIVATE KEY-----\\n"
            + Base64.getEncoder()
                .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
            + "\\n-----END PRIVATE KEY-----\\n";
    return """
        {"type": "service_account", "project_id": "lab", "private_key_id": "1",
         "private_key": "%s", "client_email": "%s", "client_id": "2",
         "token_uri": "https://oauth2.googleapis.com/token"}
        """
        .formatted(pem, email);
  }

  private String account() throws IOException {
    Credentials credentials = GoogleSecrets.find(home).getCredentials();
    return ((ServiceAccountCredentials) credentials).getClientEmail();
  }

  @Test
  void secretsOfCloudVolumeComeFirst() throws Exception {
    write(".cloudfiles", key("files@lab.iam"));
    assertThat(account()).isEqualTo("files@lab.iam");

    write(".cloudvolume", key("volume@lab.iam"));
    assertThat(account()).isEqualTo("volume@lab.iam");
  }

  @Test
  void credentialsAreForPubSubOnly() throws Exception {
    write(".cloudvolume", key("volume@lab.iam"));

    ServiceAccountCredentials credentials =
        (ServiceAccountCredentials) GoogleSecrets.find(home).getCredentials();

    assertThat(credentials.getScopes()).containsExactly("https://www.googleapis.com/auth/pubsub");
  }

  @Test
  void secretsThatCannotBeReadAreToldWithoutWhatIsInThem() throws Exception {
    for (String wrong :
        new String[] {
          "hunter2",
          "{\"type\": \"service_account\", \"private_key\": \"hunter2\"}",
          "{\"type\": \"hunter2\"}"
        }) {
      write(".cloudvolume", wrong);

      assertThatThrownBy(() -> GoogleSecrets.find(home))
          .isInstanceOf(IOException.class)
          .hasNoCause()
          .hasMessageContaining("google-secret.json: expected the JSON key")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
    }
  }
}
