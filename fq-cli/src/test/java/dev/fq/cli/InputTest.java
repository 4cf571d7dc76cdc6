package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines and items as people have them, for {@code submit --each-line} and {@code insert}. */
class InputTest {

  @TempDir private Path directory;
  private String queue;
  private Path input;

  @BeforeEach
  void nameQueue() {
    queue = directory.resolve("q").toString();
    input = directory.resolve("input");
  }

  private Fq submit(String text, String... options) throws Exception {
    return submit(text.getBytes(StandardCharsets.UTF_8), options);
  }

  private Fq submit(byte[] bytes, String... options) throws Exception {
    Files.write(input, bytes);
    List<String> words = new ArrayList<>(List.of("submit", queue, "--each-line"));
    words.add(input.toString());
    words.addAll(List.of(options));
    if (!words.contains("--")) {
      words.addAll(List.of("--", "echo", "{}"));
    }
    return Fq.run(words.toArray(new String[0]));
  }

  /** The last argument of each task. */
  private List<String> arguments() throws Exception {
    try (var files = Files.list(Path.of(queue, "queue"))) {
      return files
          .map(InputTest::read)
          .map(text -> text.replaceFirst("(?s).*\"argv\": \\[.*, \"(.*?)\"\\].*", "$1"))
          .sorted()
          .toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void itemsMayEndWithNulAndHaveLineEndsAndBlanks() throws Exception {
    assertThat(submit("a b\0c\nd\0 \0", "-0").out()).isEqualTo("inserted 3\n");

    assertThat(arguments()).containsExactly(" ", "a b", "c\\nd");
  }

  @Test
  void nulInALineIsRefusedAndSaysWhatToDo() throws Exception {
    Fq fq = submit("good\na\0b\0");

    assertThat(fq.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(fq.err())
        .isEqualTo(
            "fq: line 2: expected text, found a NUL byte; for items that end with NUL give --null;"
                + " 1 task before it was inserted\n");
  }

  @Test
  void byteOrderMarkIsNoPartOfTheFirstLine() throws Exception {
    submit("\uFEFFfirst\nsecond");

    assertThat(arguments()).containsExactly("first", "second");
  }

  @Test
  void carriageReturnIsPartOfALineEndAndNoneByItself() throws Exception {
    submit("a\r\nb\rc\n\r\nd\r");

    assertThat(arguments()).containsExactly("a", "b\\rc", "d\\r");
  }

  @Test
  void badByteIsNamedByItsLineAndTheLinesBeforeAreInserted() throws Exception {
    String good = String.join("\n", IntStream.rangeClosed(1, 100).mapToObj(i -> "l" + i).toList());
    byte[] lines = (good + "\nx").getBytes(StandardCharsets.UTF_8);
    lines[lines.length - 1] = (byte) 0xFF;

    Fq fq = submit(lines);

    assertThat(fq.err())
        .isEqualTo(
            "fq: line 101: expected UTF-8, found other bytes; 100 tasks before it were inserted\n");
    assertThat(arguments()).hasSize(100);
  }

  @Test
  void lineStandsWhereverTheWordIs() throws Exception {
    submit("7", "--", "sh", "-c", "a{}b{}{}");

    assertThat(arguments()).containsExactly("a7b77");
  }

  @Test
  void anotherWordMayStandForTheLine() throws Exception {
    submit("7", "-I", "@", "--", "echo", "@ {}");

    assertThat(arguments()).containsExactly("7 {}");
  }

  @Test
  void argumentThatNoSystemTakesIsRefusedBeforeItIsATask() throws Exception {
    String huge = "x".repeat(131_072);

    Fq one = Fq.run("submit", queue, "--", "echo", huge);
    Fq each = submit("short\n" + huge + "\n");

    assertThat(one.code()).isEqualTo(ExitCode.USAGE);
    assertThat(one.err())
        .startsWith("fq: expected arguments of at most 131071 bytes, found one of 131072; put it");
    assertThat(each.err()).startsWith("fq: line 2: expected arguments of at most 131071 bytes");
    assertThat(arguments()).containsExactly("short");
  }

  @Test
  void payloadsMayEndWithNul() throws Exception {
    Files.writeString(input, "{\"a\":\n1}\0{\"b\": 2}\0");

    assertThat(Fq.run("insert", queue, input.toString(), "-0").out()).isEqualTo("inserted 2\n");
  }

  @Test
  void tasksSayWhatTheirSubmitterSaysOfTheirAttempts() throws Exception {
    submit("a", "--attempts", "3", "--retry-delay", "1m", "--timeout", "10m");

    try (var files = Files.list(Path.of(queue, "queue"))) {
      assertThat(files.map(InputTest::read).toList())
          .allMatch(
              text ->
                  text.endsWith(
                      "\"limits\": {\"attempts\": 3, \"retryDelaySeconds\": 60,"
                          + " \"timeoutSeconds\": 600}}"));
    }
  }
}
