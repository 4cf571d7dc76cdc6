package tiles;

import dev.fq.TaskQueue;
import dev.fq.Worker;
import dev.fq.WorkerReport;

/** Works on tiles, as {@code fq work --classpath} does, in a program of its own. */
public final class WorkOnTiles {

  private WorkOnTiles() {}

  /**
   * @param args {@code QUEUE SLOTS}
   */
  public static void main(String[] args) throws Exception {
    if (args.length != 2) {
      System.err.println("expected QUEUE SLOTS");
      System.exit(2);
    }
    try (TaskQueue queue =
        TaskQueue.at(args[0]).tasks(Downsample.class, Checks.class).open()) {
      Worker worker =
          queue
              .worker()
              .slots(Integer.parseInt(args[1]))
              .exitOnEmpty(true)
              .verbose(true)
              .build();
      WorkerReport report = worker.run();
      System.out.println("completed " + report.completed());
    }
  }
}
