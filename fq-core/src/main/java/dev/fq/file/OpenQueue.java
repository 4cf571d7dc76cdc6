package dev.fq.file;

import dev.fq.file.bundle.BundleFormat;
import dev.fq.file.disk.Permissions;
import dev.fq.file.format.DeadTasks;
import dev.fq.file.format.Format;
import dev.fq.file.format.Holders;
import dev.fq.file.format.OwnFormat;
import dev.fq.file.format.QueueDirectory;
import dev.fq.file.format.TaskFolder;
import dev.fq.file.python.PythonFormat;
import java.time.Clock;
import java.util.Random;

/**
 * A queue's directory and the format that it is in, with what every verb on it needs.
 *
 * @param clock the queue's time
 * @param random where nonces come from
 */
record OpenQueue(
    QueueDirectory directory,
    Format format,
    TaskFolder tasks,
    DeadTasks deadTasks,
    Permissions permissions,
    Holders holders,
    Clock clock,
    Random random) {

  /** The queue in this directory, whose layout says which format it is in. */
  static OpenQueue of(QueueDirectory directory, Holders holders, Clock clock, Random random) {
    Permissions permissions = directory.permissions(random);
    DeadTasks deadTasks = new DeadTasks(directory.dead(), permissions, random);
    Format format =
        switch (directory.layout()) {
          case OWN ->
              new BundleFormat(
                  new OwnFormat(directory, deadTasks, permissions, clock, holders),
                  directory,
                  deadTasks,
                  permissions,
                  clock,
                  holders);
          case PYTHON -> new PythonFormat(directory, deadTasks, permissions, clock);
        };
    return new OpenQueue(
        directory,
        format,
        new TaskFolder(directory, format),
        deadTasks,
        permissions,
        holders,
        clock,
        random);
  }
}
