package dev.fq.file;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;

/**
 * Whether workers of python-task-queue can share a queue's directory, and what those who share it
 * should know.
 */
final class PythonCheck {

  private final QueueDirectory directory;

  PythonCheck(QueueDirectory directory) {
    this.directory = directory;
  }

  List<Finding> examine() throws IOException {
    return directory.shared() ? List.of(sharing(), names()) : List.of();
  }

  private static Finding sharing() {
    return Finding.warn(
        "python",
        "shared with python-task-queue: what its workers do has no attempts, no holders and no dead"
            + " tasks, and whoever's lease ends in the same second as another's may take it for his"
            + " own",
        "docs/python.md has all of it; fq migrate makes the queue fq's alone");
  }

  private Finding names() throws IOException {
    TreeSet<String> unreadable = new TreeSet<>();
    TreeSet<String> full = new TreeSet<>();
    Listing.forEach(
        directory.queue(),
        fileName -> {
          TaskName name = TaskName.parse(fileName);
          if (!PythonNames.isReadable(fileName)) {
            unreadable.add(fileName);
          } else if (name != null && name.attempt() > 0) {
            full.add(fileName);
          }
        });
    if (!unreadable.isEmpty()) {
      return Finding.bad(
          "plain names",
          "python-task-queue cannot read %s names in queue/, and ends at them, such as %s"
              .formatted(unreadable.size(), unreadable.first()),
          "move them away");
    }
    return full.isEmpty()
        ? Finding.ok("plain names", "python-task-queue can read all names in queue/")
        : Finding.bad(
            "plain names",
            "%s names in queue/ are in fq's own format, and python-task-queue would run those tasks"
                    .formatted(full.size())
                + " again and again, such as "
                + full.first(),
            "fq migrate --to python, or fq migrate where nobody shares it; with all workers stopped");
  }
}
