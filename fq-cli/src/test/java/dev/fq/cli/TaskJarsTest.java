package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.InsertOptions;
import dev.fq.Queueable;
import dev.fq.ResultTask;
import dev.fq.Task;
import dev.fq.TaskContext;
import dev.fq.TaskQueue;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.SAME_THREAD)
class TaskJarsTest {

  private static final Queue<String> executed = new ConcurrentLinkedQueue<>();

  record Greet(String who) implements Task {
    @Override
    public void execute(TaskContext context) {
      executed.add(context.value("greeting", String.class).orElse("hello") + " " + who);
    }
  }

  /** Its jar has no interface that says Task. */
  record Twice(int n) implements ResultTask<Integer> {
    @Override
    public Integer call(TaskContext context) {
      return 2 * n;
    }
  }

  abstract static class Base implements Task {}

  /** Only a class of fq's own class path says that this is a task. */
  static final class Heir extends Base {
    @Override
    public void execute(TaskContext context) {
      executed.add("heir");
    }
  }

  /** What Java throws when a jar cannot be read any more. */
  record Incomplete(int n) implements Task {
    @Override
    public void execute(TaskContext context) {
      throw new NoClassDefFoundError("lib/Gone" + n);
    }
  }

  abstract static class HasAbstractChildren implements Task {}

  static final class Functions {
    private Functions() {}

    @Queueable(module = "greetings", name = "bye")
    static void bye(String who) {
      executed.add("bye " + who);
    }
  }

  @SuppressWarnings("ClassCanBeStatic") // that is what is tested
  class Inner implements Task {
    @Override
    public void execute(TaskContext context) {}
  }

  @TempDir private Path directory;

  @BeforeEach
  void forget() {
    executed.clear();
  }

  private String queue() {
    return directory.resolve("q").toString();
  }

  private Path jar(String name, Class<?>... classes) throws IOException {
    Path jar = directory.resolve(name);
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (Class<?> type : classes) {
        String entry = type.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(entry));
        try (InputStream in = TaskJarsTest.class.getClassLoader().getResourceAsStream(entry)) {
          in.transferTo(out);
        }
      }
    }
    return jar;
  }

  private Fq work(String classpath, String... values) throws IOException {
    try (TaskQueue tasks = TaskQueue.open(queue())) {
      tasks.insert(new Greet("ann"));
      tasks.insertPayloads(
          List.of(Payload.ofJson("[[\"greetings\", \"bye\"], [\"bob\"], {}, -1]")).iterator(),
          InsertOptions.none());
    }
    return Fq.run(
        Stream.concat(
                Stream.of(
                    "work",
                    queue(),
                    "--classpath",
                    classpath,
                    "--exit-on-empty",
                    "--attempts",
                    "1"),
                Stream.of(values))
            .toArray(String[]::new));
  }

  @Test
  void tasksAndFunctionsOfAJarAreExecuted() throws Exception {
    String jar = jar("a.jar", Greet.class, Functions.class, HasAbstractChildren.class).toString();

    assertThat(work(jar).code()).isEqualTo(ExitCode.DONE);

    assertThat(executed).containsExactlyInAnyOrder("hello ann", "bye bob");
  }

  @Test
  void tasksAreFoundWhereverTheirParentsAre() throws Exception {
    String jar = jar("a.jar", Twice.class, Heir.class).toString();
    try (TaskQueue tasks = TaskQueue.open(queue())) {
      tasks.insert(List.of(new Twice(21), new Heir()));
    }

    Fq work = Fq.run("work", queue(), "--classpath", jar, "--exit-on-empty", "--record");

    assertThat(work.code()).as(work.err()).isEqualTo(ExitCode.DONE);
    assertThat(executed).containsExactly("heir");
    assertThat(Fq.run("results", queue()).out()).endsWith("\"result\":42}\n");
  }

  @Test
  void valuesReachTheTasks() throws Exception {
    String jar = jar("a.jar", Greet.class, Functions.class).toString();

    assertThat(work(jar, "--value", "greeting=good morning").code()).isEqualTo(ExitCode.DONE);

    assertThat(executed).contains("good morning ann");
  }

  @Test
  void severalJarsAndAllJarsOfADirectoryAreTaken() throws Exception {
    jar("a.jar", Greet.class);
    Path other = Files.createDirectory(directory.resolve("lib"));
    Files.move(jar("b.jar", Functions.class), other.resolve("b.jar"));

    assertThat(work(directory.resolve("a.jar") + ":" + other.resolve("*")).code())
        .isEqualTo(ExitCode.DONE);
    assertThat(executed).hasSize(2);
  }

  @Test
  void typeThatIsInNoJarIsTheWorkersLackAndIsNotLoaded() throws Exception {
    String jar = jar("a.jar", Functions.class).toString();

    Fq work = work(jar);

    assertThat(work.code()).isEqualTo(ExitCode.UNFIT_HOST);
    assertThat(work.err()).contains("fq work --classpath");
    assertThat(executed).containsExactly("bye bob");
    assertThat(Fq.run("status", queue(), "--json").out())
        .contains("\"waiting\":1,\"delayed\":0,\"leased\":0,\"dead\":0,\"completed\":1");
  }

  @Test
  void classThatCannotBeATaskIsLeftOutAndTheOthersWork() throws Exception {
    Fq work = work(jar("a.jar", Greet.class, Functions.class, Inner.class).toString());

    assertThat(work.code()).isEqualTo(ExitCode.DONE);
    assertThat(work.err())
        .isEqualTo(
            "fq: --classpath: left out: "
                + Inner.class.getName()
                + ": no worker could make a task of it: it is an inner class that is not static\n");
    assertThat(executed).hasSize(2);
    assertThat(work(jar("b.jar", Inner.class).toString()).err())
        .contains("found only " + Inner.class.getName() + ": no worker could make a task of it");
  }

  @Test
  void classThatCannotBeReadAnyMoreIsTheHostsTrouble() throws Exception {
    String jar = jar("a.jar", Incomplete.class).toString();
    try (TaskQueue tasks = TaskQueue.open(queue())) {
      tasks.insert(new Incomplete(1));
    }

    Fq work = Fq.run("work", queue(), "--classpath", jar, "--host-trouble-limit", "1");

    assertThat(work.code()).isEqualTo(ExitCode.UNFIT_HOST);
    assertThat(work.err()).contains("java.lang.NoClassDefFoundError: lib/Gone1");
    assertThat(Fq.run("status", queue(), "--json").out()).contains("\"waiting\":1,");
  }

  @Test
  void jarsThatAreMissingOrHaveNoTasksAreRefused() throws Exception {
    String empty = jar("empty.jar", TaskJarsTest.class).toString();

    Fq missing = work(directory.resolve("no.jar").toString());
    Fq without = work(empty);

    assertThat(missing.code()).isEqualTo(ExitCode.USAGE);
    assertThat(missing.err()).contains("no.jar").contains("which is not there").hasLineCount(1);
    assertThat(without.code()).isEqualTo(ExitCode.USAGE);
    assertThat(without.err()).contains("empty.jar").contains("found none").hasLineCount(1);
    assertThat(executed).isEmpty();
  }

  @Test
  void jarThatCannotBeReadIsRefused() throws Exception {
    Path broken = Files.writeString(directory.resolve("broken.jar"), "no jar");

    assertThat(work(broken.toString()).code()).isEqualTo(ExitCode.USAGE);
  }
}
