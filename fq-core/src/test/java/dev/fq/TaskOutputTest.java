package dev.fq;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a task in Java writes, passed on and kept. */
class TaskOutputTest {

  /** Remembers each write. */
  private static final class Calls extends ByteArrayOutputStream {
    private final List<String> calls = new ArrayList<>();

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      calls.add(new String(bytes, offset, length, UTF_8));
    }
  }

  private final Calls out = new Calls();
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  private static void write(TaskOutput output, String text) throws IOException {
    output.write(text.getBytes(UTF_8));
  }

  @Test
  void wholeLinesArePassedOnTogetherAndTheRestAtTheEnd() throws Exception {
    TaskOutput output = new TaskOutput(out, kept, "");

    write(output, "one\ntwo\nth");
    write(output, "r");
    write(output, "ee");
    output.end();
    output.end();

    assertThat(out.calls).containsExactly("one\ntwo\n", "three\n");
    assertThat(kept.toString(UTF_8)).isEqualTo("one\ntwo\nthree");
  }

  @Test
  void prefixStandsBeforeEachLineThatIsPassedOnAndInNoneThatIsKept() throws Exception {
    TaskOutput output = new TaskOutput(out, kept, "a: ");

    write(output, "one\n\nt");
    write(output, "wo\n");
    output.end();

    assertThat(String.join("", out.calls)).isEqualTo("a: one\na: \na: two\n");
    assertThat(kept.toString(UTF_8)).isEqualTo("one\n\ntwo\n");
  }

  @Test
  void lineWithoutAnEndDoesNotWaitForEver() throws Exception {
    TaskOutput output = new TaskOutput(out, kept, "");

    write(output, "x".repeat(100_000));

    assertThat(out.calls).hasSize(1);
    assertThat(out.calls.get(0)).hasSizeGreaterThan(60_000);
  }
}
