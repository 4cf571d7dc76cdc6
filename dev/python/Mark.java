import dev.fq.Task;
import dev.fq.TaskContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The task of interop.py, in Java: takes a while, then leaves a line in a file of its own. */
public record Mark(String directory, int n, double seconds) implements Task {
  @Override
  public void execute(TaskContext context) throws IOException, InterruptedException {
    Thread.sleep((long) (seconds * 1_000));
    Files.writeString(
        Path.of(directory, Integer.toString(n)),
        "java " + ProcessHandle.current().pid() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
