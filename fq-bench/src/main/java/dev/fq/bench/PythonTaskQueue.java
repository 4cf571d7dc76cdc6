package dev.fq.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What does python-task-queue, the library, get done on such a directory? Runs a script of ours
 * with the {@code python3} of the PATH, and says so where that or the library is missing.
 *
 * <p>{@code java -jar fq-bench.jar python /dev/shm}; the last line is JSON for {@code report}.
 */
final class PythonTaskQueue {

  private static final String SCRIPT = "python-task-queue.py";

  private PythonTaskQueue() {}

  static void main(List<String> words) throws IOException, InterruptedException {
    if (words.size() != 1) {
      Main.refuse();
    }
    if (!ends("python3", "-c", "import taskqueue")) {
      System.out.println(
          "skipped: no python3 with the library taskqueue on the PATH; pip install task-queue");
      return;
    }
    try (Scratch scratch = new Scratch(words.get(0));
        InputStream script = PythonTaskQueue.class.getResourceAsStream(SCRIPT)) {
      Path copy = scratch.directory().resolve(SCRIPT);
      Files.copy(script, copy);
      if (!ends("python3", copy.toString(), scratch.directory().resolve("q").toString())) {
        throw new IOException("the script has failed; its words are above");
      }
    }
  }

  /** Whether this command can be run and ends with 0. */
  private static boolean ends(String... command) throws InterruptedException {
    try {
      ProcessBuilder process = new ProcessBuilder(command);
      if (command[1].equals("-c")) {
        process.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
      } else {
        process.inheritIO();
      }
      return process.start().waitFor() == 0;
    } catch (IOException notFound) {
      return false;
    }
  }
}
