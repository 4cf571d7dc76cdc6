package dev.fq.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

class SqsCredentialsTest {

  @TempDir private Path home;

  private void write(String directory, String json) throws IOException {
    Path secrets = Files.createDirectories(home.resolve(directory).resolve("secrets"));
    Files.writeString(secrets.resolve("aws-secret.json"), json);
  }

  private static String secret(String key) {
    return "{\"AWS_ACCESS_KEY_ID\": \"" + key + "\", \"AWS_SECRET_ACCESS_KEY\": \"s3cr3t\"}";
  }

  private AwsCredentials found() throws IOException {
    return SqsCredentials.find(home, false).provider().resolveCredentials();
  }

  @Test
  void cloudvolumesSecretComesBeforeCloudfiles() throws Exception {
    write(".cloudfiles", secret("files"));
    assertThat(found().accessKeyId()).isEqualTo("files");

    write(".cloudvolume", secret("volume"));
    assertThat(found().accessKeyId()).isEqualTo("volume");
    assertThat(found().secretAccessKey()).isEqualTo("s3cr3t");
  }

  @Test
  void regionOfTheSecretIsTaken() throws Exception {
    write(
        ".cloudvolume", secret("volume").replace("}", ", \"AWS_DEFAULT_REGION\": \"eu-west-1\"}"));

    assertThat(SqsCredentials.find(home, false).region()).isEqualTo("eu-west-1");
  }

  @Test
  void localServerNeedsNoCredentials() throws Exception {
    assertThat(SqsCredentials.find(home, true).provider()).isNotNull();
    assertThat(SqsCredentials.find(home, true).region()).isNull();
  }

  @Test
  void secretThatIsNoneIsToldWithoutItsContent() throws Exception {
    write(".cloudvolume", "{\"AWS_ACCESS_KEY_ID\": \"k\", \"AWS_SECRET_ACCESS_KEY\": s3cr3t}");
    assertThatThrownBy(() -> SqsCredentials.find(home, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("aws-secret.json: not JSON")
        .satisfies(e -> assertThat(e.toString()).doesNotContain("s3cr3t"))
        .hasNoCause();

    write(".cloudvolume", "{\"AWS_SECRET_ACCESS_KEY\": \"s3cr3t\"}");
    assertThatThrownBy(() -> SqsCredentials.find(home, false))
        .hasMessageContaining("expected \"AWS_ACCESS_KEY_ID\"");
  }

  @Test
  void credentialsAreNotInTheirText() throws Exception {
    write(".cloudvolume", secret("volume"));

    assertThat(SqsCredentials.find(home, false).toString()).doesNotContain("s3cr3t");
  }
}
