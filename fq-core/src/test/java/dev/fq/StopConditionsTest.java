package dev.fq;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.StopConditions.Condition;
import dev.fq.StopConditions.Stop;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopConditionsTest {

  private static WorkerReport begun(long tasks) {
    return new WorkerReport(
        tasks, 0, 0, 0, 0, 0, ofSeconds(1), ZERO, 0, null, null, java.util.List.of());
  }

  @Test
  void stopSaysWhichOfTheCallersConditionsHolds() {
    StopConditions conditions =
        new StopConditions(
            10,
            ofSeconds(60),
            ofSeconds(60),
            ofSeconds(60),
            List.of(
                new Condition("three began", report -> report.begun() >= 3),
                new Condition("two began", report -> report.begun() >= 2)),
            ofSeconds(5));

    assertThat(conditions.stop(begun(1), ZERO)).isNull();
    assertThat(conditions.stop(begun(2), ZERO))
        .isEqualTo(new Stop(StopReason.CONDITION, "two began"));
    assertThat(conditions.stop(begun(3), ZERO))
        .isEqualTo(new Stop(StopReason.CONDITION, "three began"));
    assertThat(conditions.stop(begun(10), ZERO))
        .isEqualTo(new Stop(StopReason.MAX_TASKS, "the number of tasks is reached"));
  }
}
