package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.fq.file.disk.ServerClock;
import dev.fq.spi.Lease;
import dev.fq.spi.MutableClock;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
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
  void localTimeIsUsedWithAMarginWhereNothingCouldEverBeWritten() throws IOException {
    local.advance(ofMinutes(-10));
    Files.delete(tmp);

    assertThat(clock.isKnown()).isFalse();
    assertThat(clock.instant()).isEqualTo(local.instant());
    assertThat(ServerClock.earliest(clock)).isEqualTo(local.instant().minus(ServerClock.MARGIN));
    assertThat(ServerClock.latest(clock)).isEqualTo(local.instant().plus(ServerClock.MARGIN));
  }

  @Test
  void offsetThatIsKnownIsKeptWhenNothingCanBeWrittenAnyMore() throws IOException {
    local.advance(ofMinutes(10));
    assertThat(clock.instant()).isEqualTo(server.instant());
    Files.delete(tmp);

    pass(ofMinutes(6));

    assertThat(clock.isKnown()).isTrue();
    assertThat(clock.instant()).isEqualTo(server.instant());
    assertThat(ServerClock.earliest(clock)).isEqualTo(server.instant());
  }

  @Test
  void localClockThatIsSetWhileNothingCanBeWrittenSetsNotTheServers() throws IOException {
    assertThat(clock.instant()).isEqualTo(server.instant());
    Files.delete(tmp);

    local.advance(ofMinutes(10));

    assertThat(clock.instant()).isEqualTo(server.instant());
    pass(ofMinutes(6));
    assertThat(clock.instant()).isEqualTo(server.instant());
  }

  @Test
  void timeIsAskedForAgainSoonAfterItCouldNotBe() throws IOException {
    local.advance(ofMinutes(10));
    Files.delete(tmp);
    assertThat(clock.isKnown()).isFalse();
    Files.createDirectories(tmp);

    pass(ofSeconds(11));

    assertThat(clock.instant()).isEqualTo(server.instant());
  }

  @Test
  void probeThatCannotBeWrittenWholeIsRemoved() throws IOException {
    RecordingFileSystem recording = new RecordingFileSystem(fileSystem);
    ServerClock other = new ServerClock(local, () -> nanos, recording.wrapPath(tmp), new Random(1));
    IOException full = new FileSystemException("clock", null, "No space left on device");
    recording.interfere(Fault.once("write", full));

    assertThat(other.isKnown()).isFalse();

    try (Stream<Path> left = Files.list(tmp)) {
      assertThat(left).isEmpty();
    }
  }

  /** Without a time of the server's, a lease that may be alive is nobody else's. */
  @Test
  void hostAheadThatCannotAskForTheTimeLeasesNoLiveTask() throws Exception {
    Path root = fileSystem.getPath("/work/q");
    try (FileQueue right = FileQueue.at(root).clock(server).open(OpenMode.CREATE)) {
      right.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
      right.lease(1, ofMinutes(5), ZERO);
      right.insert(List.of(NewTask.of(Payload.ofJson("2"), ZERO)));
    }
    local.advance(ofMinutes(10));
    ServerClock ahead = new ServerClock(local, () -> nanos, tmp.resolve("no"), new Random(1));

    try (FileQueue wrong = FileQueue.at(root).clock(ahead).open(OpenMode.EXISTING)) {
      List<Lease> leases = wrong.lease(10, ofMinutes(5), ZERO);

      assertThat(leases).extracting(lease -> lease.payload().json()).containsExactly("2");
      assertThat(leases.get(0).deadline()).isAfter(server.instant().plus(ofMinutes(5)));
      pass(ofMinutes(5).plus(ServerClock.MARGIN));
      assertThat(wrong.lease(10, ofMinutes(5), ZERO))
          .extracting(lease -> lease.payload().json())
          .contains("1");
    }
  }
}
