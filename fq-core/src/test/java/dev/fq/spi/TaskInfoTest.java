package dev.fq.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TaskInfoTest {

  private static TaskInfo heldBy(String holder) {
    return new TaskInfo(new TaskId("a"), TaskState.LEASED, Instant.EPOCH, 1, holder);
  }

  @Test
  void hostNameIsMadeFitForAFileName() {
    assertThat(TaskInfo.hostLabel("node1.cluster.edu\n")).isEqualTo("node1.cluster.edu");
    assertThat(TaskInfo.hostLabel("x".repeat(100))).hasSize(64);
    assertThat(TaskInfo.hostLabel(" \n")).isEqualTo("unknown");
  }

  @Test
  void holderTellsItsHostAlsoWhenThatHasHyphens() {
    assertThat(heldBy("node-12-4711-k3v9q0ab").isHeldOn("node-12")).isTrue();
    assertThat(heldBy("node-12-4711-k3v9q0ab").isHeldOn("node")).isFalse();
    assertThat(heldBy("node-12-4711-k3v9q0ab").isHeldOn("node-1")).isFalse();
  }

  @Test
  void hostMayBeGivenAsItCallsItself() {
    assertThat(heldBy("node1.cluster.edu-7-x").isHeldOn("node1.cluster.edu")).isTrue();
  }

  @Test
  void hostsWhoseNamesDifferAreDifferent() {
    assertThat(heldBy("node_1-7-x").isHeldOn("node.1")).isFalse();
    assertThat(heldBy("node.1-7-x").isHeldOn("node_1")).isFalse();
    assertThat(TaskInfo.hostLabel("node.1")).isNotEqualTo(TaskInfo.hostLabel("node_1"));
  }

  @Test
  void nobodyHoldsWhatHasNoHolder() {
    assertThat(heldBy(null).isHeldOn("node1")).isFalse();
    assertThat(heldBy("node1").isHeldOn("node1")).isFalse();
  }
}
