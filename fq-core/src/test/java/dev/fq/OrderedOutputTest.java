package dev.fq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OrderedOutputTest {

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final OrderedOutput output = new OrderedOutput(new PrintStream(written, true));

  private static void write(OutputStream turn, String text) throws IOException {
    turn.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private String written() {
    return written.toString(StandardCharsets.UTF_8);
  }

  @Test
  void firstIsWrittenAtOnceAndTheOthersInTheirTurns() throws Exception {
    OrderedOutput.Turn first = output.next();
    OrderedOutput.Turn second = output.next();
    OrderedOutput.Turn third = output.next();

    write(third, "3");
    write(second, "2a");
    write(first, "1a");
    assertThat(written()).isEqualTo("1a");
    third.close();
    write(first, "1b");
    first.close();
    assertThat(written()).isEqualTo("1a1b2a");
    write(second, "2b");
    assertThat(written()).isEqualTo("1a1b2a2b");
    second.close();
    assertThat(written()).isEqualTo("1a1b2a2b3");
  }

  @Test
  void outputThatDoesNotFitIntoMemoryWaitsInAFile() throws Exception {
    OrderedOutput.Turn first = output.next();
    OrderedOutput.Turn second = output.next();
    String large = "0123456789".repeat(10_000);

    write(second, "before ");
    write(second, large);
    write(second, " after");
    second.close();
    first.close();

    assertThat(written()).isEqualTo("before " + large + " after");
  }

  @Test
  void endOfAllShowsWhatWaitsBehindATaskThatDoesNotEnd() throws Exception {
    OrderedOutput.Turn stuck = output.next();
    OrderedOutput.Turn waiting = output.next();
    write(stuck, "1");
    write(waiting, "2");

    output.close();

    assertThat(written()).isEqualTo("12");
    write(waiting, "too late");
    assertThat(written()).isEqualTo("12");
  }

  @Test
  void outputThatNobodyReadsIsTold() throws Exception {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    OrderedOutput.Turn turn = new OrderedOutput(new PrintStream(closed, true)).next();

    assertThatThrownBy(() -> write(turn, "1")).isInstanceOf(IOException.class);
  }
}
