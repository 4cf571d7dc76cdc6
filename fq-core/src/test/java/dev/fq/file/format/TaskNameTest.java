package dev.fq.file.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.spi.TaskId;
import dev.fq.spi.TaskState;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class TaskNameTest {

  @Test
  void freshNameHasDueAndIdOnly() {
    assertThat(TaskName.fresh(new TaskId("a-1"), 0).fileName()).isEqualTo("0--a-1.json");
  }

  @Test
  void everyTransitionGivesTheNameOfTheFormat() {
    TaskName fresh = TaskName.fresh(new TaskId("a"), 7);

    TaskName leased = fresh.leased(100, "node1-42-k3");

    assertThat(leased.fileName()).isEqualTo("100--a.1.node1-42-k3.json");
    assertThat(leased.renewed(200).fileName()).isEqualTo("200--a.1.node1-42-k3.json");
    assertThat(leased.unleased(0).fileName()).isEqualTo("0--a.1.json");
    assertThat(leased.unleased(0).leased(300, "b-1-x").fileName()).isEqualTo("300--a.2.b-1-x.json");
  }

  @Test
  void stateIsWhatTheNameSaysAtThatTime() {
    assertThat(TaskName.parse("0--a.json").state(10)).isEqualTo(TaskState.WAITING);
    assertThat(TaskName.parse("10--a.json").state(10)).isEqualTo(TaskState.WAITING);
    assertThat(TaskName.parse("11--a.json").state(10)).isEqualTo(TaskState.DELAYED);
    assertThat(TaskName.parse("11--a.2.json").state(10)).isEqualTo(TaskState.DELAYED);
    assertThat(TaskName.parse("11--a.2.h-1-x.json").state(10)).isEqualTo(TaskState.LEASED);
    assertThat(TaskName.parse("10--a.2.h-1-x.json").state(10)).isEqualTo(TaskState.WAITING);
  }

  @Test
  void nameWrittenByPythonTaskQueueIsUnderstood() {
    TaskName name = TaskName.parse("1795489008--f7774283-324a-45ea-a560-cbcf6e1ad7e7.json");

    assertThat(name.due()).isEqualTo(1795489008L);
    assertThat(name.id().value()).isEqualTo("f7774283-324a-45ea-a560-cbcf6e1ad7e7");
    assertThat(name.attempt()).isZero();
  }

  @Test
  void nameMadeByHandIsKeptAsItIs() {
    assertThat(TaskName.parse("007--my_task.03.json").fileName()).isEqualTo("007--my_task.03.json");
  }

  @Test
  void attemptsDoNotRunOutOfTheGrammar() {
    TaskName last = new TaskName("", 0, new TaskId("a"), 999_999_999, null).leased(5, "h");

    assertThat(last.fileName()).isEqualTo("5--a.999999999.h.json");
    assertThat(TaskName.parse(last.fileName())).isEqualTo(last);
  }

  @Test
  void onlyAHostHasDots() {
    assertThat(TaskName.parse("5--a.1.node.1.example-7-x.json").holder())
        .isEqualTo("node.1.example-7-x");
    for (String foreign : List.of("5--a.1.h.x.json", "5--a.1..h-7-x.json", "5--a.1.h-7-x.y.json")) {
      assertThat(TaskName.parse(foreign)).as(foreign).isNull();
    }
  }

  @Test
  void foreignNamesAreNoTasks() {
    for (String foreign :
        new String[] {
          "",
          ".json",
          "--.json",
          "0--.json",
          "--a.json",
          "a.json",
          "0-a.json",
          "-1--a.json",
          "0--a",
          "0--a.JSON",
          "0--a.json~",
          ".0--a.json.swp",
          "0--a b.json",
          "0--a.0.json",
          "0--a.x.json",
          "0--a..json",
          "0--a.1..json",
          "0--a.1.h.x.json",
          "0--a.1.h x.json",
          "0--a.1234567890.json",
          "1234567890123--a.json",
          "1.5--a.json",
          ".nfs0000001",
          "0--ä.json"
        }) {
      assertThat(TaskName.parse(foreign)).as(foreign).isNull();
    }
  }

  @Property
  void everyNameIsReadBackAsItWasMade(
      @ForAll @LongRange(min = 0, max = 999_999_999_999L) long due,
      @ForAll @CharRange(from = 'a', to = 'z') @StringLength(min = 1, max = 64) String id,
      @ForAll @IntRange(min = 1, max = 999_999_998) int attempt,
      @ForAll
          @CharRange(from = '-', to = '-')
          @CharRange(from = '0', to = 'Z')
          @StringLength(min = 1, max = 90)
          String holder) {
    TaskName made = new TaskName("", 0, new TaskId(id), attempt, null).leased(due, safe(holder));

    assertThat(TaskName.parse(made.fileName())).isEqualTo(made);
    assertThat(TaskName.parse(made.unleased(due).fileName())).isEqualTo(made.unleased(due));
  }

  private static String safe(String holder) {
    return holder.replaceAll("[^A-Za-z0-9_-]", "_");
  }

  @Property
  void anyTextIsEitherRefusedOrKept(@ForAll String text) {
    TaskName name = TaskName.parse(text);

    assertThat(name == null || name.fileName().equals(text)).isTrue();
  }
}
