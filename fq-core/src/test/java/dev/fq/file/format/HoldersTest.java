package dev.fq.file.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.spi.HostName;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HoldersTest {

  @Test
  void holderNamesHostAndProcess() {
    assertThat(new Holders("node1", new Random(1)).next())
        .matches("node1-" + ProcessHandle.current().pid() + "-[0-9a-v]{8}");
  }

  @Test
  void noTwoLeasesHaveOneHolder() {
    Holders holders = new Holders("node1", new Random(1));
    Set<String> seen = new HashSet<>();

    for (int i = 0; i < 10_000; i++) {
      assertThat(seen.add(holders.next())).isTrue();
    }
  }

  @Test
  void thisHostHasANameThatFits() {
    assertThat(Holders.isValid(HostName.here() + "-1-x")).isTrue();
  }
}
