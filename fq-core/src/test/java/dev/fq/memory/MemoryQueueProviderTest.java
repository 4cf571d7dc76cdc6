package dev.fq.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueUrl;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryQueueProviderTest {

  @Test
  void oneNameIsOneQueueInTheWholeProcess() throws Exception {
    QueueUrl url = QueueUrl.parse("mem://oneName");
    QueueBackend queue = QueueBackendProvider.openQueue(url, OpenMode.CREATE);
    queue.insert(List.of(NewTask.of(Payload.ofJson("1"), Duration.ZERO)));

    QueueBackend again = QueueBackendProvider.openQueue(url, OpenMode.EXISTING);

    assertThat(again.stats().waiting()).hasValue(1);
  }

  @Test
  void unknownNameIsNoQueue() {
    assertThatThrownBy(
            () -> QueueBackendProvider.openQueue(QueueUrl.parse("mem://x"), OpenMode.EXISTING))
        .isInstanceOf(NoQueueException.class)
        .hasMessageContaining("mem://x");
  }

  @Test
  void thereAreNoOptions() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                QueueBackendProvider.openQueue(
                    QueueUrl.parse("mem://x?durable=true"), OpenMode.CREATE))
        .withMessageContaining("unknown option \"durable\"");
  }

  @Test
  void unknownSchemeIsRefusedWithTheKnownOnes() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> QueueBackendProvider.openQueue(QueueUrl.parse("ftp://x"), OpenMode.CREATE))
        .withMessageContaining("unknown scheme \"ftp\"")
        .withMessageContaining("fq, mem");
  }
}
