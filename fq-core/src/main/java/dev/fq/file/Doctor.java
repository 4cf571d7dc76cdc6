package dev.fq.file;

import dev.fq.file.disk.Permissions;
import dev.fq.file.disk.ServerClock;
import dev.fq.file.format.Holders;
import dev.fq.file.format.QueueDirectory;
import dev.fq.spi.NoQueueException;
import dev.fq.spi.OpenMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Examines a file queue: whether the place is fit for one, and whether what lies there is sound.
 * Workers may go on meanwhile.
 */
public final class Doctor {

  private final QueueDirectory directory;
  private final Random random;
  private final ServerClock clock;

  private Doctor(QueueDirectory directory, Clock timeOfDay, Random random) {
    this.directory = directory;
    this.random = random;
    this.clock = new ServerClock(timeOfDay, System::nanoTime, directory.tmp(), random);
  }

  /**
   * One for the queue at this path.
   *
   * @throws NoQueueException if there is none
   */
  public static Doctor of(Path queue) throws IOException {
    return new Doctor(
        QueueDirectory.open(queue, OpenMode.EXISTING), Clock.systemUTC(), new Random());
  }

  /**
   * Looks at everything. Writes into {@code tmp/}, and removes it again; starts two processes.
   *
   * @param fix whether to repair what can be repaired without losing a task: makes directories that
   *     are missing, removes leftovers, parts tasks of one id, puts what is waiting and no task
   *     among the dead
   * @param bodies how many tasks to read, at most
   * @return what was found, about the place first
   * @throws IOException if the place cannot be examined at all, such as for want of a permission
   */
  public List<Finding> examine(boolean fix, long bodies) throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    findings.add(parts(fix));
    OpenQueue queue = OpenQueue.of(directory, Holders.here(random), clock, random);
    SoundnessCheck soundness = new SoundnessCheck(queue, fix, bodies);
    List<Finding> sound = soundness.examine();
    AccessCheck access = new AccessCheck(queue);
    findings.addAll(access.examine());
    if (access.mayWriteProbes()) {
      findings.addAll(new PlaceCheck(directory, clock, random).examine(soundness.tasks()));
    }
    findings.addAll(sound);
    return findings;
  }

  private Finding parts(boolean fix) throws IOException {
    List<String> missing = new ArrayList<>();
    for (Path part : List.of(directory.tmp(), directory.dead())) {
      if (!Files.isDirectory(part)) {
        missing.add(part.getFileName() + "/");
        if (fix) {
          Permissions.makeDirectory(part, Permissions.of(directory.root()));
        }
      }
    }
    if (missing.isEmpty()) {
      return Finding.ok("directories", "queue/, tmp/ and dead/ are there");
    }
    String names = String.join(" and ", missing);
    return fix
        ? Finding.warn("directories", names + " was missing; made", "")
        : Finding.bad("directories", names + " is missing", "fq doctor --fix makes it");
  }
}
