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
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shipped, unpacked: the script that starts the command, and what lies beside it. */
class LauncherIT {

  /**
   * The JVM says of each class where it came from; classes of ours come from an archive of ours.
   */
  private static final String SAY_WHENCE = "-Xlog:class+load:file=";

  /** A link of Markdown to a place that is no URL, without its anchor. */
  private static final Pattern LINK =
      Pattern.compile("\\]\\((?!https?:|#)([^)#\\s]+)(?:#[^)]*)?\\)");

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
    builder
        .environment()
        .keySet()
        .removeAll(
            List.of("FQ_JAR", "FQ_JAVA_OPTS", "HOME", "FQ_QUEUE", "LC_ALL", "LC_CTYPE", "LANG"));
    builder.environment().putAll(environment);
    builder.environment().merge("FQ_JAVA_OPTS", SAY_WHENCE + classes, (a, b) -> a + " " + b);
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

    assertThat(submit.out()).startsWith("inserted 1: ");
    assertThat(run(launcher, "work", "a queue", "--exit-on-empty").out()).contains("two  words");
    assertThat(run(launcher, "stauts").code()).isEqualTo(ExitCode.USAGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LC_ALL=C",
        "LC_ALL=POSIX",
        "LC_ALL=C.UTF-8",
        "LANG=tr_TR.UTF-8",
        "LC_ALL=ar_EG.UTF-8",
        "LC_CTYPE=C"
      })
  void namesOfAllLanguagesPassThroughInEveryLocale(String setting) throws Exception {
    String[] locale = setting.split("=", 2);
    environment.put(locale[0], locale[1]);
    String name = "ß 日本 \uD83D\uDE00 I";
    Path there = Files.createDirectory(directory.resolve("ü"));
    run(
        launcher,
        "submit",
        "ö",
        "--cwd",
        "ü",
        "--env",
        "N=é",
        "--",
        "sh",
        "-c",
        "env > env; printf %s \"$N\" > \"$1\"",
        "sh",
        name);

    Result work = run(launcher, "work", "ö", "--exit-on-empty");

    assertThat(work.code()).isZero();
    assertThat(directory.resolve("ö/queue")).isEmptyDirectory();
    assertThat(Files.readString(there.resolve(name))).isEqualTo("é");
    List<String> seen = Files.readAllLines(there.resolve("env"));
    assertThat(seen).contains(setting).noneMatch(line -> line.startsWith("FQ_LC_ALL="));
    if (!locale[0].equals("LC_ALL")) {
      assertThat(seen).noneMatch(line -> line.startsWith("LC_ALL="));
    }
  }

  @Test
  void argumentThatIsNotUtf8IsRefusedAndNotReplaced() throws Exception {
    Path shell = Path.of("/bin/bash");
    String submit = "exec '" + launcher + "' submit q -- touch $'a\\xffb'";

    Result refused = run(shell, "-c", submit);

    assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).isEqualTo("fq: argument 5: expected UTF-8, found other bytes\n");
    assertThat(directory.resolve("q")).doesNotExist();
    assertThat(run(launcher, "submit", "q", "--", "echo", "\uFFFD").code()).isZero();
  }

  @Test
  void jarAloneRefusesInALocaleWithoutUtf8WhatItWouldReplace() throws Exception {
    environment.put("LC_ALL", "C");
    Path java = Path.of(System.getProperty("java.home"), "bin/java");

    Result refused = run(java, "-jar", jar.toString(), "submit", "q", "--", "touch", "ß");

    assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).contains("; run fq by its launcher, or with LC_ALL=C.UTF-8\n");
    run(launcher, "submit", "q", "--", "touch", "ß");
    Result work = run(java, "-jar", jar.toString(), "work", "q", "--host-trouble-limit", "1");
    assertThat(work.code()).isEqualTo(ExitCode.UNFIT_HOST);
    assertThat(work.err()).contains("start the worker by the launcher fq, or with LC_ALL=C.UTF-8");
    assertThat(run(launcher, "work", "q", "--exit-on-empty").code()).isZero();
    assertThat(directory.resolve("ß")).exists();
  }

  @Test
  void numbersHaveTheDigitsOfAsciiInEveryCountry() throws Exception {
    environment.put("FQ_JAVA_OPTS", "-Duser.language=ar -Duser.country=EG");
    run(launcher, "submit", "q", "--attempts", "1", "--", "sh", "-c", "exit 3");
    Result work = run(launcher, "work", "q", "--exit-on-empty", "--verbose");

    assertThat(work.code()).isEqualTo(ExitCode.DEAD);
    for (Result shown :
        List.of(
            work,
            run(launcher, "status", "q"),
            run(launcher, "list", "q"),
            run(launcher, "dead", "list", "q"),
            run(launcher, "doctor", "q"))) {
      assertThat(shown.out() + shown.err()).isNotEmpty().matches("(?s)\\p{ASCII}*");
    }
  }

  @Test
  void workingDirectoryThatIsGoneIsOneLineOfFq() throws Exception {
    Path gone = Files.createDirectory(directory.resolve("gone"));
    String script = "cd '" + gone + "' && rmdir '" + gone + "' && exec '" + launcher + "' status q";

    Result result = run(Path.of("/bin/bash"), "-c", script);

    assertThat(result.code()).isEqualTo(1);
    // Bash itself complains before it reads the launcher.
    assertThat(result.err().lines().filter(line -> !line.startsWith("shell-init: ")))
        .containsExactly("fq: the working directory is gone (" + gone + "); change to another");
  }

  @Test
  void manualPagesAndCompletionsAreShipped() {
    assertThat(home.resolve("man/man1/fq-work.1")).exists();
    assertThat(home.resolve("completions/fq.bash")).exists();
    assertThat(home.resolve("completions/fq.fish")).exists();
    assertThat(home.resolve("completions/_fq")).exists();
    assertThat(home.resolve("LICENSE")).exists();
  }

  @Test
  void everyLinkOfTheShippedDocumentsLeadsToAFile() throws Exception {
    assertLinksLeadToFiles(home);
    assertThat(home.resolve("docs/examples/systemd/fq-work@.service")).exists();
  }

  private static void assertLinksLeadToFiles(Path root) throws Exception {
    List<Path> pages;
    try (Stream<Path> files = Files.walk(root)) {
      pages = files.filter(file -> file.toString().endsWith(".md")).toList();
    }
    assertThat(pages).hasSizeGreaterThan(10);
    for (Path page : pages) {
      for (String link :
          LINK.matcher(Files.readString(page)).results().map(m -> m.group(1)).toList()) {
        assertThat(page.resolveSibling(link)).as("%s in %s", link, page).exists();
      }
    }
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
    assertThat(root.resolve("usr/share/fish/vendor_completions.d/fq.fish")).exists();
    assertThat(root.resolve("usr/share/zsh/vendor-completions/_fq")).exists();
    assertLinksLeadToFiles(root.resolve("usr/share/doc/fq"));
    assertThat(root.resolve("usr/share/doc/fq/docs/examples/systemd/fq-work@.service")).exists();
  }

  static boolean dpkgIsHere() {
    return Files.isExecutable(Path.of("/usr/bin/dpkg-deb"));
  }
}
