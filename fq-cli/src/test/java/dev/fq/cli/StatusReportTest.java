package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.spi.QueueStats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StatusReportTest {

  private static final StatusReport.Restraints NONE = new StatusReport.Restraints(List.of(), null);

  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  private static final QueueStats LITTLE_KNOWN =
      new QueueStats(
          OptionalLong.of(7),
          OptionalLong.of(0),
          OptionalLong.of(1),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());

  private static final QueueStats NOTHING_KNOWN =
      new QueueStats(
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());

  @Test
  void whatABackendCannotTellIsNotAvailable() {
    assertThat(StatusReport.text("sqs://tiles", LITTLE_KNOWN, false))
        .contains("Inserted   n/a\n", "Enqueued   8\n", "Completed  n/a\n", "Dead       n/a\n");
  }

  @Test
  void whatABackendThatKnowsNothingCannotTellIsNotAvailableEither() {
    assertThat(StatusReport.text("pubsub://tiles", NOTHING_KNOWN, false))
        .contains("Figures    none", "Enqueued   n/a\n", "  waiting  n/a\n", "  leased   n/a\n");
    assertThat(StatusReport.bar(NOTHING_KNOWN, 4)).isEmpty();
    assertThat(StatusReport.text(new Rate(), NOTHING_KNOWN))
        .isEqualTo("Rate       n/a\nETA        n/a\n");
  }

  @Test
  void whatABackendCannotTellIsNullInJson() throws Exception {
    assertThat(StatusReport.json("sqs://tiles", LITTLE_KNOWN, NONE))
        .isEqualTo(
            "{\"queue\":\"sqs://tiles\",\"inserted\":null,\"waiting\":7,\"delayed\":0,"
                + "\"leased\":1,\"dead\":null,\"completed\":null,\"gate\":[],\"limit\":null}");
  }

  @Test
  void barShowsWhatIsDoneOfAllThatIsKnown() {
    assertThat(StatusReport.bar(QueueStats.of(40, 10, 10, 15, 100, 25), 20))
        .isEqualTo("Done       [########------------] 40.0 %\n");
    assertThat(StatusReport.bar(QueueStats.of(0, 0, 0, 0, 9, 9), 4))
        .isEqualTo("Done       [####] 100.0 %\n");
    assertThat(StatusReport.bar(QueueStats.of(0, 0, 0, 0, 0, 0), 4)).isEmpty();
    assertThat(StatusReport.bar(LITTLE_KNOWN, 4)).isEmpty();
  }

  @Test
  void partThatIsLeftIsOfWhatWasInserted() {
    assertThat(StatusReport.text("q", QueueStats.of(100, 20, 5, 1, 500, 374), true))
        .contains("Enqueued   125 (25.0 % left)");
  }

  @Test
  void partIsNotShownWhenMoreIsLeftThanWasCounted() {
    assertThat(StatusReport.text("q", QueueStats.of(100, 0, 0, 0, 10, 0), true))
        .contains("Enqueued   100\n");
  }

  @Test
  void rateIsThatOfTheLastMinuteAndGivesTheEta() throws Exception {
    Rate rate = new Rate();
    rate.add(START, 1_000);
    rate.add(START.plusSeconds(100), 1_100);
    rate.add(START.plusSeconds(160), 1_700);

    assertThat(rate.perSecond()).hasValue(10.0);
    assertThat(rate.timeFor(9_001)).contains(Duration.ofSeconds(901));
    assertThat(StatusReport.text(rate, QueueStats.of(9_001, 0, 0, 0, 0, 0)))
        .isEqualTo("Rate       10.0 tasks/s\nETA        15m 1s\n");
    assertThat(StatusReport.json("q", QueueStats.of(9_001, 0, 0, 0, 0, 0), rate, NONE))
        .endsWith("\"rate\":10.0,\"eta\":901}");
  }

  @Test
  void etaLeavesOutDelayedTasksAndSaysSo() throws Exception {
    Rate rate = new Rate();
    rate.add(START, 0);
    rate.add(START.plusSeconds(10), 100);
    QueueStats oneIsDelayed = QueueStats.of(30, 1, 20, 0, 151, 100);

    assertThat(StatusReport.text(rate, oneIsDelayed))
        .isEqualTo("Rate       10.0 tasks/s\nETA        5s, without the 1 delayed\n");
    assertThat(StatusReport.json("q", oneIsDelayed, rate, NONE)).endsWith("\"eta\":5}");
  }

  @Test
  void barThatHasNoRoomIsAPercentage() {
    assertThat(StatusReport.bar(QueueStats.of(40, 10, 10, 15, 100, 25), 3))
        .isEqualTo("Done       40.0 %\n");
  }

  @Test
  void thereIsNoEtaWhenNothingIsDone() throws Exception {
    Rate rate = new Rate();
    assertThat(StatusReport.text(rate, QueueStats.of(10, 0, 0, 0, 0, 0)))
        .isEqualTo("Rate       n/a\nETA        n/a\n");
    assertThat(StatusReport.json("q", LITTLE_KNOWN, rate, NONE))
        .endsWith("\"rate\":null,\"eta\":null}");

    rate.add(START, 5);
    rate.add(START.plusSeconds(10), 5);

    assertThat(StatusReport.text(rate, QueueStats.of(10, 0, 0, 0, 0, 0)))
        .isEqualTo("Rate       0.0 tasks/s\nETA        n/a\n");
  }

  @Test
  void rateBeginsAnewWhenCountsWereSetToZero() {
    Rate rate = new Rate();
    rate.add(START, 1_000);
    rate.add(START.plusSeconds(1), 0);
    rate.add(START.plusSeconds(2), 3);

    assertThat(rate.perSecond()).hasValue(3.0);
  }

  @Test
  void timesAreInTheirTwoLargestUnits() {
    assertThat(StatusReport.time(Duration.ofSeconds(59))).isEqualTo("59s");
    assertThat(StatusReport.time(Duration.ofSeconds(3_599))).isEqualTo("59m 59s");
    assertThat(StatusReport.time(Duration.ofHours(49))).isEqualTo("2d 1h");
  }
}
