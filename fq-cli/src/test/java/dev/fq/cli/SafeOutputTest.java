package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text from elsewhere cannot command a terminal; JSON shows it unchanged. */
class SafeOutputTest {

  /** Blank the screen, set the title, write backwards, begin another line. */
  private static final String EVIL = "\u001b[2J\u001b]0;x\u0007\u202ereason\r\u009b1m";

  private static final String SHOWN = "\\u001b[2J\\u001b]0;x\\u0007\\u202ereason\\r\\u009b1m";

  @TempDir private Path directory;
  private String queue;

  @BeforeEach
  void fill() throws Exception {
    queue = directory.resolve("q").toString();
    Path root = Path.of(queue);
    Files.createDirectories(root.resolve("queue"));
    Files.createDirectories(root.resolve("tmp"));
    Files.createDirectories(root.resolve("dead"));
    String json = '"' + new String(JsonStringEncoder.getInstance().quoteAsString(EVIL)) + '"';
    Files.writeString(root.resolve("dead/a.json"), "{\"payload\": \"\u202e\u009b1m\"}");
    Files.writeString(
        root.resolve("dead/a.log"),
        "{\"attempt\":1,\"holder\":%s,\"at\":\"2099-12-31T23:00:00Z\",\"reason\":%s}\n"
            .formatted(json.replace("reason", "node-1-x"), json));
    Files.writeString(root.resolve("queue").resolve("note\u001b[2J\n.json"), "");
  }

  private static void assertSafe(Fq fq) {
    assertThat((fq.out() + fq.err()).chars().filter(c -> c != '\n'))
        .noneMatch(c -> c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x202e);
  }

  @Test
  void reasonsNamesAndPayloadsAreShownEscaped() {
    List<Fq> shown =
        List.of(
            Fq.run("dead", "list", queue),
            Fq.run("dead", "list", queue, "--by-host"),
            Fq.run("peek", queue, "a"),
            Fq.run("list", queue),
            Fq.run("doctor", queue));

    shown.forEach(SafeOutputTest::assertSafe);
    String firstLine = SHOWN.substring(0, SHOWN.indexOf("\\r"));
    assertThat(shown.get(0).out()).contains(firstLine);
    assertThat(shown.get(2).out()).contains("  " + firstLine);
  }

  @Test
  void whatAGateSaysIsShownEscaped() throws Exception {
    for (String line : List.of("before " + EVIL, "after ./" + EVIL)) {
      Files.writeString(Path.of(queue).resolve("gate"), line);

      Fq status = Fq.run("status", queue);

      assertSafe(status);
      assertThat(status.out()).contains("Gate ").contains("\\u00");
      assertSafe(Fq.run("gate", queue));
    }
  }

  @Test
  void jsonIsExact() throws Exception {
    String json = Fq.run("peek", queue, "a", "--json").out();

    try (JsonParser parser = new JsonFactory().createParser(json)) {
      while (!"reason".equals(parser.nextFieldName())) {
        assertThat(parser.currentToken()).isNotNull();
      }
      assertThat(parser.nextTextValue()).isEqualTo(EVIL);
    }
  }

  @Test
  void whatACommandWroteIsEscapedInTheLogsOfItsWorker() throws Exception {
    String other = directory.resolve("other").toString();
    Fq.run("submit", other, "--", "/no/such\u001b[2J");

    Fq work = Fq.run("work", other, "--host-trouble-limit", "1");

    assertThat(work.code()).isEqualTo(ExitCode.UNFIT_HOST);
    assertSafe(work);
    assertThat(work.err()).contains("cannot run /no/such\\u001b[2J: No such file or directory");
  }
}
