package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hosts whose clocks are wrong, or are set while they work, on one queue. */
class WrongClocksTest {

  private static final Duration LEASE = ofMinutes(5);

  private final MutableClock server = MutableClock.atSomeTime();
  private final FileSystem shared =
      Jimfs.newFileSystem(
          Configuration.unix().toBuilder()
              .setFileTimeSource(() -> FileTime.from(server.instant()))
              .build());

  @AfterEach
  void close() throws IOException {
    shared.close();
  }

  @Test
  void hostsWithWrongClocksAgreeByTheFileServersTime() throws Exception {
    Path path = shared.getPath("/work/q");
    MutableClock fast = new MutableClock(server.instant().plus(ofMinutes(10)));
    MutableClock slow = new MutableClock(server.instant().minus(ofMinutes(10)));
    try (FileQueue right = withLocalClock(path, server);
        FileQueue ahead = withLocalClock(path, fast);
        FileQueue behind = withLocalClock(path, slow)) {
      right.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
      Instant deadline = behind.lease(1, LEASE, ZERO).get(0).deadline();

      assertThat(deadline).isEqualTo(server.instant().plus(LEASE));
      assertThat(ahead.lease(1, LEASE, ZERO)).isEmpty();
      assertThat(right.stats().leased()).hasValue(1);
    }
  }

  @Test
  void clockThatIsSetBackOrForwardWhileWorkGoesOnEndsNoLease() throws Exception {
    Path path = shared.getPath("/work/q");
    MutableClock local = MutableClock.atSomeTime();
    MutableClock passed = MutableClock.atSomeTime();
    try (FileQueue holder = withLocalClock(path, server);
        FileQueue set = withLocalClock(path, local, passed)) {
      holder.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
      Lease lease = holder.lease(1, LEASE, ZERO).get(0);
      assertThat(set.lease(1, LEASE, ZERO)).isEmpty();

      for (Duration jump : List.of(ofMinutes(-55), ofMinutes(125), ofDays(-30))) {
        for (MutableClock each : List.of(server, local, passed)) {
          each.advance(ofSeconds(10));
        }
        local.advance(jump);
        assertThat(set.lease(1, LEASE, ZERO)).as("set by %s", jump).isEmpty();
        assertThat(set.stats().leased()).hasValue(1);
      }

      server.advance(LEASE);
      passed.advance(LEASE);
      local.advance(LEASE);
      assertThat(set.lease(1, LEASE, ZERO)).extracting(Lease::id).containsExactly(lease.id());
    }
  }

  private FileQueue withLocalClock(Path path, MutableClock local) throws IOException {
    return withLocalClock(path, local, local);
  }

  /** Where this much time has passed, whatever the clock shows. */
  private FileQueue withLocalClock(Path path, MutableClock local, MutableClock passed)
      throws IOException {
    Files.createDirectories(path.resolve("tmp"));
    ServerClock corrected =
        new ServerClock(
            local,
            () -> Duration.between(Instant.EPOCH, passed.instant()).toNanos(),
            path.resolve("tmp"),
            new Random(1));
    return FileQueue.at(path).clock(corrected).open(OpenMode.CREATE);
  }
}
