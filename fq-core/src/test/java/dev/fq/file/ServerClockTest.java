package dev.fq.file;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.spi.MutableClock;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServerClockTest {

  private final MutableClock server = MutableClock.atSomeTime();
  private final MutableClock local = MutableClock.atSomeTime();
  private long nanos;
  private final FileSystem fileSystem =
      Jimfs.newFileSystem(
          Configuration.unix().toBuilder()
              .setFileTimeSource(() -> FileTime.from(server.instant()))
              .build());
  private final Path tmp = fileSystem.getPath("/work/tmp");
  private final ServerClock clock = new ServerClock(local, () -> nanos, tmp, new Random(1));

  @BeforeEach
  void makeTmp() throws IOException {
    Files.createDirectories(tmp);
  }

  @AfterEach
  void close() throws IOException {
    fileSystem.close();
  }

  private void pass(Duration time) {
    server.advance(time);
    local.advance(time);
    nanos += time.toNanos();
  }

  @Test
  void wrongLocalClockIsCorrected() {
    local.advance(ofMinutes(-10));

    assertThat(clock.instant()).isEqualTo(server.instant());
    pass(ofSeconds(30));
    assertThat(clock.instant()).isEqualTo(server.instant());
    assertThat(clock.offset()).isEqualTo(ofMinutes(10));
  }

  @Test
  void driftIsMeasuredAgainAfterSomeMinutes() {
    assertThat(clock.instant()).isEqualTo(server.instant());

    server.advance(ofMillis(300));
    pass(ofMinutes(6));

    assertThat(clock.instant()).isEqualTo(server.instant());
  }

  @Test
  void jumpOfTheLocalClockIsNoticedAtOnce() {
    assertThat(clock.instant()).isEqualTo(server.instant());

    local.advance(ofMinutes(-3));

    assertThat(clock.instant()).isEqualTo(server.instant());
  }

  @Test
  void measuringLeavesNothingBehind() throws IOException {
    clock.instant();

    try (Stream<Path> left = Files.list(tmp)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void localTimeIsUsedWhereNothingCanBeWritten() throws IOException {
    local.advance(ofMinutes(-10));
    Files.delete(tmp);

    assertThat(clock.instant()).isEqualTo(local.instant());
  }
}
