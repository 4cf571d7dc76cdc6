package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fq.spi.Lease;
import dev.fq.spi.NewTask;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what with a queue's files. The umask is this process's own, and not known here. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no such permissions")
class PermissionsTest {

  private static final int SET_GROUP_ID = 02000;

  @TempDir private Path directory;

  private Path root() {
    return directory.resolve("q");
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  /** Every kind of file that a queue has. */
  private List<Path> filesOf(FileQueue queue) throws Exception {
    queue.insert(List.of(new NewTask(new TaskId("w"), Payload.ofJson("1"), ofMinutes(5))));
    queue.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
    Lease lease = queue.lease(1, ofMinutes(5), ZERO).get(0);
    queue.giveUp(lease, "for good");
    queue.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
    queue.complete(queue.lease(1, ofMinutes(5), ZERO).get(0));
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(root())) {
      all.filter(Files::isRegularFile).forEach(files::add);
    }
    assertThat(files).hasSize(5);
    return files;
  }

  @Test
  void filesLetOthersDoWhatTheDirectoryLetsThemWhateverTheUmask() throws Exception {
    for (boolean durable : new boolean[] {false, true}) {
      Files.createDirectories(root());
      Files.setPosixFilePermissions(root(), PosixFilePermissions.fromString("rwxrwxrwx"));
      try (FileQueue queue = FileQueue.at(root()).durable(durable).open(OpenMode.CREATE)) {
        for (Path file : filesOf(queue)) {
          assertThat(permissions(file)).as("%s", file).isEqualTo("rw-rw-rw-");
        }
        for (String part : List.of("queue", "tmp", "dead")) {
          assertThat(permissions(root().resolve(part))).isEqualTo("rwxrwxrwx");
        }
        queue.purge();
        queue.purgeDead(id -> true);
        queue.rezero();
      }
    }
  }

  @Test
  void queueIsMadeWithThePermissionsThatAreAskedFor() throws Exception {
    try (FileQueue queue = FileQueue.at(root()).permissions("2770").open(OpenMode.CREATE)) {
      for (Path file : filesOf(queue)) {
        assertThat(permissions(file)).as("%s", file).startsWith("rw-rw-");
      }
    }

    for (String part : List.of("", "queue", "tmp", "dead")) {
      assertThat(permissions(root().resolve(part))).isEqualTo("rwxrwx---");
      assertThat((int) Files.getAttribute(root().resolve(part), "unix:mode") & SET_GROUP_ID)
          .isEqualTo(SET_GROUP_ID);
    }
  }

  @Test
  void permissionsOfAQueueThatIsThereStay() throws Exception {
    FileQueue.at(root()).permissions("750").open(OpenMode.CREATE).close();

    FileQueue.at(root()).permissions("777").open(OpenMode.CREATE).close();

    assertThat(permissions(root())).isEqualTo("rwxr-x---");
  }

  @Test
  void directoryOfDeadTasksThatIsMadeAnewIsLikeTheOthers() throws Exception {
    try (FileQueue queue = FileQueue.at(root()).permissions("770").open(OpenMode.CREATE)) {
      Files.delete(root().resolve("dead"));
      queue.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));

      queue.giveUp(queue.lease(1, ofMinutes(5), ZERO).get(0), "for good");
    }

    assertThat(permissions(root().resolve("dead"))).isEqualTo("rwxrwx---");
  }

  @Test
  void permissionsThatAreNoneAreRefused() {
    for (String wrong : List.of("", "7", "rwx", "888", "00770", "-770")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FileQueue.at(root()).permissions(wrong))
          .withMessageStartingWith("mode \"" + wrong + "\": expected three or four octal digits");
    }
  }
}
