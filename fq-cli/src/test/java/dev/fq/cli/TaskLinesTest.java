package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.spi.TaskDetail;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import dev.fq.spi.TaskState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A task as a line on a terminal. */
class TaskLinesTest {

  private static final Instant NOW = Instant.parse("2026-11-27T08:00:00Z");
  private static final String COMMAND =
      "{\"argv\": [\"./step\", \"7\"], \"class\": \"CommandTask\"}";

  private static TaskDetail task(
      TaskState state, Instant due, @Nullable String holder, String payload) {
    return new TaskDetail(
        new TaskInfo(new TaskId("01a20c14-605a-728f-8d07-778cf65eeacb"), state, due, 2, holder),
        "{\"payload\": " + payload + "}",
        List.of());
  }

  @Test
  void waitingTaskShowsWhatItDoes() {
    assertThat(TaskLines.fitting(task(TaskState.WAITING, Instant.EPOCH, null, COMMAND), NOW, 80))
        .isEqualTo("01a20c14-605a-728f-8d07-778cf65eeacb  waiting        2  ./step 7");
  }

  @Test
  void leasedTaskShowsWhoHasItAndForHowLong() {
    TaskDetail leased =
        task(TaskState.LEASED, NOW.plusSeconds(240), "node-7-4711-x1y2z3w4", COMMAND);

    assertThat(TaskLines.fitting(leased, NOW, 100))
        .matches("01a20c14-\\S+  leased         2  \\./step 7  node-7, 4m 0s left");
  }

  @Test
  void noLineIsWiderThanItsTerminal() {
    String longCommand =
        "{\"argv\": [\"%s\"], \"class\": \"CommandTask\"}".formatted("x".repeat(500));
    for (int columns : new int[] {40, 80, 100, 200}) {
      String line =
          TaskLines.fitting(
              task(TaskState.LEASED, NOW.plusSeconds(240), "node-7-4711-x1y2z3w4", longCommand),
              NOW,
              columns);

      assertThat(line).hasSizeLessThanOrEqualTo(columns);
      if (columns >= 100) {
        assertThat(line).contains("xx…  node-7, ").endsWith(" left");
      }
    }
  }

  @Test
  void taskThatCannotBeReadIsThereToo() {
    assertThat(TaskLines.fitting(task(TaskState.DEAD, Instant.EPOCH, null, "{]"), NOW, 120))
        .contains("  dead           -  cannot be read: ");
  }
}
