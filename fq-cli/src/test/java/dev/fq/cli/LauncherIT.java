package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What is shipped, unpacked: the script that starts the command, and what lies beside it. */
class LauncherIT {

  /**
   * The JVM says of each class where it came from; classes of ours come from an archive of ours.
   */
  private static final String SAY_WHENCE = "-Xlog:class+load:file=";

  private static final String FROM_ARCHIVE = "dev.fq.cli.Main source: shared objects file (top)";

  @TempDir private Path directory;
  private Path home;
  private Path launcher;
  private Path jar;
  private Path cache;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void install() throws Exception {
    Process unpack =
        new ProcessBuilder("tar", "-xzf", System.getProperty("fq.tar"), "-C", directory.toString())
            .inheritIO()
            .start();
    assertThat(unpack.waitFor()).isZero();
    home = onlyDirectory();
    launcher = home.resolve("bin/fq");
    jar = home.resolve("lib/fq.jar");
    cache = directory.resolve("cache/fq");
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("XDG_CACHE_HOME", cache.getParent().toString());
  }

  private Path onlyDirectory() throws Exception {
    try (Stream<Path> unpacked = Files.list(directory)) {
      return unpacked.findFirst().orElseThrow();
    }
  }

  private record Result(int code, String out, String err, String classes) {}

  private Result run(Path command, String... arguments) throws Exception {
    Path classes = directory.resolve("classes");
    Files.deleteIfExists(classes);
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(Stream.of(command.toString()), Stream.of(arguments)).toList())
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeAll(List.of("FQ_JAR", "HOME", "FQ_QUEUE"));
    builder.environment().putAll(environment);
    builder.environment().put("FQ_JAVA_OPTS", SAY_WHENCE + classes);
    int code = builder.start().waitFor();
    return new Result(
        code,
        Files.readString(out),
        Files.readString(err),
        Files.exists(classes) ? Files.readString(classes) : "");
  }

  private List<Path> archives() throws Exception {
    try (Stream<Path> files = Files.list(cache)) {
      return files.filter(file -> file.toString().endsWith(".jsa")).toList();
    }
  }

  @Test
  void firstUseArchivesTheClassesThatEveryUseMaps() throws Exception {
    Result first = run(launcher, "--version");
    FileTime made = Files.getLastModifiedTime(archives().get(0));
    Result second = run(launcher, "--version");

    assertThat(first.out()).startsWith("fq ").isEqualTo(second.out());
    assertThat(first.err() + second.err()).isEmpty();
    assertThat(second.classes()).contains(FROM_ARCHIVE, "picocli.CommandLine source: shared obj");
    assertThat(archives()).hasSize(1);
    assertThat(Files.getLastModifiedTime(archives().get(0))).isEqualTo(made);
  }

  /** Whoever put the link there could put classes of his own behind it. */
  @Test
  void cacheThatIsALinkIsNotUsed() throws Exception {
    Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
    Files.createDirectories(cache.getParent());
    Files.createSymbolicLink(cache, elsewhere);

    Result first = run(launcher, "--version");
    Result second = run(launcher, "--version");

    assertThat(first.out()).startsWith("fq ").isEqualTo(second.out());
    assertThat(first.err() + second.err()).isEmpty();
    assertThat(second.classes()).doesNotContain(FROM_ARCHIVE);
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void archiveIsMadeAnewWhenTheJarHasChangedEvenToAnOlderOne() throws Exception {
    run(launcher, "--version");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));

    assertThat(run(launcher, "--version").classes()).contains(FROM_ARCHIVE);
    assertThat(archives()).hasSize(1);
  }

  @Test
  void archiveIsMadeAnewForAnotherJarOfTheSameTime() throws Exception {
    run(launcher, "--version");
    FileTime time = Files.getLastModifiedTime(jar);
    addResource(jar);
    Files.setLastModifiedTime(jar, time);
    assertThat(run(launcher, "--version").classes()).doesNotContain(FROM_ARCHIVE);

    Files.writeString(Path.of(jar + ".sha256"), "that of the other jar");

    assertThat(run(launcher, "--version").classes()).contains(FROM_ARCHIVE);
    assertThat(archives()).hasSize(1);
  }

  private static void addResource(Path jar) throws Exception {
    try (FileSystem files = FileSystems.newFileSystem(jar)) {
      Files.writeString(files.getPath("/more"), "what makes it another");
    }
  }

  @Test
  void verbsThatWorkHaveAnArchiveOfTheirOwn() throws Exception {
    run(launcher, "--version");

    Result first = run(launcher, "submit", "q", "--", "true");
    Result second = run(launcher, "submit", "q", "--", "true");

    assertThat(first.err() + second.err()).isEmpty();
    assertThat(second.classes())
        .contains(FROM_ARCHIVE, "dev.fq.spi.Payload source: shared objects file (top)");
    assertThat(archives()).hasSize(2);
  }

  @Test
  void worksWhereNoArchiveCanBeWritten() throws Exception {
    environment.put("XDG_CACHE_HOME", "/proc/nowhere");

    Result version = run(launcher, "--version");

    assertThat(version.code()).isZero();
    assertThat(version.err()).isEmpty();
    assertThat(version.classes()).doesNotContain(FROM_ARCHIVE);
  }

  @Test
  void isFoundThroughLinks() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), launcher);
    Path relative = Files.createSymbolicLink(home.resolve("fq"), Path.of("bin/fq"));

    assertThat(run(link, "--version").out()).startsWith("fq ");
    assertThat(run(relative, "--version").out()).startsWith("fq ");
  }

  @Test
  void saysInOneLineWhatIsMissing() throws Exception {
    environment.put("JAVA_HOME", "/nowhere");
    assertThat(run(launcher, "status").err())
        .isEqualTo(
            "fq: no Java found in JAVA_HOME, which is /nowhere; install a JDK, 17 or newer, or set"
                + " JAVA_HOME\n");

    Files.delete(jar);
    assertThat(run(launcher, "status"))
        .isEqualTo(new Result(1, "", "fq: no " + jar + "; unpack all of fq, or set FQ_JAR\n", ""));
  }

  @Test
  void argumentsAndExitCodesPassThrough() throws Exception {
    Result submit = run(launcher, "submit", "a queue", "--", "echo", "two  words");

    assertThat(submit.out()).isEqualTo("inserted 1\n");
    assertThat(run(launcher, "work", "a queue", "--exit-on-empty").out()).contains("two  words");
    assertThat(run(launcher, "stauts").code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void manualPagesAndCompletionsAreShipped() {
    assertThat(home.resolve("man/man1/fq-work.1")).exists();
    assertThat(home.resolve("completions/fq.bash")).exists();
    assertThat(home.resolve("completions/fq.fish")).exists();
    assertThat(home.resolve("LICENSE")).exists();
  }

  @Test
  @EnabledIf("dpkgIsHere")
  void debianPackageHasACommandThatRuns() throws Exception {
    Path root = directory.resolve("root");
    Process unpack =
        new ProcessBuilder("dpkg-deb", "-x", System.getProperty("fq.deb"), root.toString())
            .inheritIO()
            .start();
    assertThat(unpack.waitFor()).isZero();

    assertThat(Files.readSymbolicLink(root.resolve("usr/bin/fq")))
        .isEqualTo(Path.of("/usr/share/fq/bin/fq"));
    assertThat(run(root.resolve("usr/share/fq/bin/fq"), "--version").out()).startsWith("fq ");
    assertThat(root.resolve("usr/share/man/man1/fq-work.1")).exists();
    assertThat(root.resolve("usr/share/bash-completion/completions/fq")).exists();
  }

  static boolean dpkgIsHere() {
    return Files.isExecutable(Path.of("/usr/bin/dpkg-deb"));
  }
}
