package dev.fq.bench;

import dev.fq.file.FileQueue;
import dev.fq.spi.OpenMode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does {@code fq status} take as a process, on a queue of one task: by the launcher, by
 * the plain jar, and beside a class with an empty {@code main}?
 *
 * <p>{@code java -jar fq-bench.jar StartUpBenchmark -p home=fq-VERSION -p dir=/dev/shm}, with the
 * unpacked {@code fq-VERSION.tar.gz}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2)
@Measurement(iterations = 10)
public class StartUpBenchmark {

  /** A class that ends as soon as it has begun. */
  static final class Empty {
    private Empty() {}

    public static void main(String[] arguments) {}
  }

  @Param("/tmp")
  public String dir;

  @Param("fq-home")
  public String home;

  private Scratch scratch;
  private String java;
  private Path queue;

  @Setup(Level.Trial)
  public void makeQueue() throws IOException {
    scratch = new Scratch(dir);
    queue = scratch.directory().resolve("q");
    try (FileQueue one = FileQueue.at(queue).open(OpenMode.CREATE)) {
      Tasks.fill(one, 1);
    }
    java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String file = Empty.class.getName().replace('.', '/') + ".class";
    Path copy = scratch.directory().resolve(file);
    Files.createDirectories(copy.getParent());
    try (InputStream in = Empty.class.getClassLoader().getResourceAsStream(file)) {
      Files.copy(in, copy);
    }
  }

  @TearDown(Level.Trial)
  public void removeQueue() throws IOException {
    scratch.close();
  }

  private int run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder process =
        new ProcessBuilder(command)
            .redirectOutput(new File("/dev/null"))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    process.environment().put("JAVA_HOME", System.getProperty("java.home"));
    int code = process.start().waitFor();
    if (code != 0) {
      throw new IOException(command + " ended with " + code);
    }
    return code;
  }

  @Benchmark
  public int emptyMain() throws IOException, InterruptedException {
    return run(List.of(java, "-cp", scratch.directory().toString(), Empty.class.getName()));
  }

  @Benchmark
  public int launcher() throws IOException, InterruptedException {
    return run(List.of(home + "/bin/fq", "status", queue.toString()));
  }

  @Benchmark
  public int plainJar() throws IOException, InterruptedException {
    return run(List.of(java, "-jar", home + "/lib/fq.jar", "status", queue.toString()));
  }
}
