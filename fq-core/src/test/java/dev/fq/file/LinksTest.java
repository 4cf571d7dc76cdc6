package dev.fq.file;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fq.spi.Lease;
import dev.fq.spi.NewTask;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.OpenMode;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * In a queue that everybody may write to, somebody puts links in the place of fq's own files:
 * nothing that they point to is read, written, or given other permissions.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no such permissions")
class LinksTest {

  private static final String SECRET = "not yours";

  @TempDir private Path directory;

  private Path root;
  private Path secret;
  private FileQueue queue;

  @BeforeEach
  void open() throws Exception {
    root = directory.resolve("q");
    secret = directory.resolve("secret");
    Files.writeString(secret, SECRET);
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    queue = FileQueue.at(root).permissions("777").host("node1").open(OpenMode.CREATE);
  }

  @AfterEach
  void nothingHasHappenedToTheSecret() throws IOException {
    queue.close();
    assertThat(secret).hasContent(SECRET);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
  }

  private void link(String name) throws IOException {
    Files.createSymbolicLink(root.resolve(name), secret);
  }

  private Lease leaseOne() throws Exception {
    queue.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
    return queue.lease(1, ofMinutes(5), ZERO).get(0);
  }

  @Test
  void countersThatAreLinksAreNotAddedTo() throws Exception {
    link("insertions.node1");
    link("completions.node1");

    queue.complete(leaseOne());

    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void countersThatAreLinksAreNotRead() throws Exception {
    link("insertions.node2");

    assertThatThrownBy(() -> queue.stats())
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("insertions.node2: expected a regular file, found a symbolic link");
  }

  @Test
  void counterThatIsALinkToNothingMakesNoFile() throws Exception {
    Path elsewhere = directory.resolve("elsewhere");
    Files.createSymbolicLink(root.resolve("insertions.node1"), elsewhere);

    leaseOne();

    assertThat(elsewhere).doesNotExist();
  }

  @Test
  void logThatIsALinkIsNotAddedToNorRead() throws Exception {
    Lease lease = leaseOne();
    link("dead/" + lease.id() + ".log");

    queue.fail(lease, "why", ZERO);
    queue.giveUp(queue.lease(1, ofMinutes(5), ZERO).get(0), "why");

    assertThat(queue.stats().dead()).hasValue(1);
    assertThatThrownBy(() -> queue.peek(lease.id()))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("found a symbolic link");
  }

  @Test
  void fileThatIsOnlyFoundIsGivenNoOtherPermissions() throws Exception {
    Path log = root.resolve("insertions.node1");
    Files.writeString(log, "....");
    Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-------"));

    leaseOne();

    assertThat(log).hasContent(".....");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
        .isEqualTo("rw-------");
  }

  @Test
  void taskThatIsALinkIsDeadAndItsTargetIsNotRead() throws Exception {
    link("queue/0--a.json");

    assertThat(queue.lease(1, ofMinutes(5), ZERO)).isEmpty();

    assertThat(queue.stats().dead()).hasValue(1);
  }

  @Test
  void counterThatIsAPipeHoldsNobodyUp() throws Exception {
    new ProcessBuilder("mkfifo", root.resolve("completions.node1").toString()).start().waitFor();

    queue.complete(leaseOne());

    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void queueWhoseDirectoryIsALinkIsNone() throws Exception {
    for (String part : List.of("queue", "tmp", "dead")) {
      Path moved = directory.resolve("moved");
      Files.move(root.resolve(part), moved);
      Files.createSymbolicLink(root.resolve(part), moved);

      assertThatThrownBy(() -> FileQueue.at(root).open(OpenMode.CREATE))
          .isInstanceOf(NoQueueException.class)
          .hasMessageContaining(part + ": expected a directory, found a symbolic link");

      Files.delete(root.resolve(part));
      Files.move(moved, root.resolve(part));
    }
  }

  @Test
  void queueIsReachedThroughALinkToIt() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), root);

    try (FileQueue same = FileQueue.at(link).open(OpenMode.EXISTING)) {
      same.insert(List.of(NewTask.of(Payload.ofJson("1"), ZERO)));
    }

    assertThat(queue.stats().waiting()).hasValue(1);
  }
}
