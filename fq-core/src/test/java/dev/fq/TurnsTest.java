package dev.fq;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.Turns.Place;
import dev.fq.Turns.Step;
import dev.fq.Turns.Turn;
import dev.fq.spi.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is to look, with the test's time: nobody waits here. */
class TurnsTest {

  private final MutableClock clock = MutableClock.atSomeTime();
  private final List<String> stopped = new ArrayList<>();
  private Turns turns = new Turns(new Node(4, 0, List.of()), false, clock);

  private Place add(String name, int slots) {
    return turns.add(new Needs(slots, 0, 0), 1, () -> stopped.add(name));
  }

  private Turn of(Place place) throws InterruptedException {
    return turns.await(place, ZERO, () -> false);
  }

  private Step step(Place place) throws InterruptedException {
    return of(place).step();
  }

  /** Its scanner looks, and finds nothing. */
  private void lookInVain(Place place) throws InterruptedException {
    Turn turn = of(place);
    assertThat(turn.step()).isEqualTo(Step.LOOK);
    turns.end(place, turn, false);
  }

  /** Its scanner looks, and finds so many tasks. */
  private List<Grant> find(Place place, int tasks) throws InterruptedException {
    Turn turn = of(place);
    assertThat(turn.step()).isEqualTo(Step.LOOK);
    List<Grant> grants = turns.claim(place, turn, tasks);
    turns.end(place, turn, true);
    return grants;
  }

  @Test
  void onlyQueueAlwaysHasItsTurnAsLongAsThereIsRoom() throws Exception {
    Place only = add("only", 1);

    lookInVain(only);
    assertThat(find(only, 4)).hasSize(4);

    assertThat(step(only)).isEqualTo(Step.NOTHING);
  }

  @Test
  void laterQueueHasItsTurnWhenTheOneBeforeItHasNothing() throws Exception {
    Place first = add("first", 1);
    Place second = add("second", 1);
    turns.open(0);
    assertThat(step(second)).isEqualTo(Step.NOTHING);

    lookInVain(first);

    assertThat(find(second, 4)).hasSize(4);
  }

  @Test
  void queueThatWasEmptyIsLookedIntoAgainAfterAMoment() throws Exception {
    Place first = add("first", 1);
    Place second = add("second", 1);
    lookInVain(first);
    List<Grant> grants = find(second, 4);
    turns.giveBack(grants.get(0));
    assertThat(step(first)).isNotEqualTo(Step.LOOK);

    clock.advance(Turns.FRESH);

    assertThat(step(second)).isEqualTo(Step.NOTHING);
    assertThat(step(first)).isEqualTo(Step.LOOK);
  }

  @Test
  void scannerThatDoesNotComeBackLosesTheTurnAndWhatItWasGranted() throws Exception {
    Place first = add("first", 1);
    Place second = add("second", 1);
    Turn late = of(first);
    assertThat(step(second)).isEqualTo(Step.NOTHING);

    clock.advance(Turns.LONGEST_TURN);
    List<Grant> grants = find(second, 3);

    assertThat(grants).hasSize(3);
    assertThat(turns.claim(first, late, 2)).as("room for what it found after all").hasSize(1);
    turns.end(first, late, true);
  }

  @Test
  void allListenWhenNoneHasAnythingAndThoseWithoutRoomStop() throws Exception {
    Place first = add("first", 1);
    Place second = add("second", 2);
    lookInVain(first);
    lookInVain(second);

    assertThat(step(first)).isEqualTo(Step.LISTEN);
    assertThat(step(second)).isEqualTo(Step.LISTEN);
    turns.heard(first, true);
    assertThat(find(first, 3)).hasSize(3);

    assertThat(stopped).containsExactly("second");
    turns.heard(second, false);
    clock.advance(Turns.PEEK);
    assertThat(step(second)).as("there is room for one slot").isEqualTo(Step.PEEK);
  }

  @Test
  void queuesBehindOneThatWaitsForRoomBeginNothingAndThoseBeforeItDo() throws Exception {
    Place before = add("before", 1);
    Place large = add("large", 3);
    Place behind = add("behind", 1);
    List<Grant> running = find(before, 3);
    lookInVain(before);

    clock.advance(Turns.FRESH.dividedBy(2));
    assertThat(step(large)).isEqualTo(Step.PEEK);
    turns.peeked(large, true);

    assertThat(step(behind)).isEqualTo(Step.NOTHING);
    clock.advance(Turns.FRESH);
    assertThat(find(before, 1)).hasSize(1);
    running.forEach(turns::giveBack);
    turns.leave(before);
    assertThat(find(large, 1)).hasSize(1);
  }

  @Test
  void nobodyGoesBeforeOneThatHasWaitedForRoomTooLong() throws Exception {
    Place before = add("before", 1);
    Place large = add("large", 4);
    List<Grant> running = find(before, 3);
    lookInVain(before);
    for (Duration waited = ZERO;
        waited.compareTo(Turns.PATIENCE) <= 0;
        waited = waited.plus(Turns.PEEK)) {
      turns.peeked(large, true);
      clock.advance(Turns.PEEK);
    }

    assertThat(step(before)).isEqualTo(Step.NOTHING);
    running.forEach(turns::giveBack);
    assertThat(step(before)).isEqualTo(Step.NOTHING);
    assertThat(find(large, 1)).hasSize(1);
  }

  @Test
  void taskThatWaitsNoMoreKeepsNoRoomFree() throws Exception {
    Place large = add("large", 4);
    Place behind = add("behind", 1);
    lookInVain(large);
    find(behind, 1);
    turns.peeked(large, true);
    clock.advance(Turns.PEEK);
    turns.peeked(large, false);

    assertThat(step(large)).isEqualTo(Step.NOTHING);
    assertThat(step(behind)).isEqualTo(Step.LOOK);
  }

  @Test
  void queueThatTakesNothingOfWhatAnotherIsShortOfGoesOn() throws Exception {
    turns = new Turns(new Node(4, 8, List.of("0")), false, clock);
    Place train = turns.add(new Needs(1, 0, 1), 1, () -> {});
    Place large = turns.add(new Needs(1, 8, 0), 1, () -> {});
    Place some = turns.add(new Needs(1, 4, 0), 1, () -> {});
    Place plain = turns.add(Needs.ONE_SLOT, 1, () -> {});
    assertThat(find(train, 1)).extracting(Grant::gpus).containsExactly(List.of("0"));
    List<Grant> running = find(some, 1);

    turns.peeked(train, true);
    turns.peeked(large, true);

    assertThat(step(some)).as("there is memory, kept for the large").isEqualTo(Step.NOTHING);
    assertThat(turns.mayGoOn(plain)).isTrue();
    assertThat(find(plain, 1)).hasSize(1);
    running.forEach(turns::giveBack);
    assertThat(find(large, 1)).hasSize(1);
  }

  @Test
  void slotGoesOnWithItsQueueAsLongAsNoneBeforeItMayHaveSomething() throws Exception {
    Place first = add("first", 1);
    Place second = add("second", 1);
    lookInVain(first);
    find(second, 4);

    assertThat(step(first)).isEqualTo(Step.NOTHING);
    assertThat(turns.mayGoOn(second)).isTrue();
    clock.advance(Turns.FRESH);
    assertThat(turns.mayGoOn(second)).isFalse();
    assertThat(turns.mayGoOn(first)).isTrue();
  }

  @Test
  void queuesThatTakeTurnsGetWhatTheirWeightsSay() throws Exception {
    turns = new Turns(new Node(1, 0, List.of()), true, clock);
    Place heavy = turns.add(Needs.ONE_SLOT, 3, () -> {});
    Place light = turns.add(Needs.ONE_SLOT, 1, () -> {});
    turns.open(0);
    StringBuilder order = new StringBuilder();

    for (int i = 0; i < 12; i++) {
      for (Place place : List.of(heavy, light)) {
        Turn turn = of(place);
        if (turn.step() == Step.LOOK) {
          order.append(place.equals(heavy) ? 'h' : 'l');
          turns.claim(place, turn, 1).forEach(turns::giveBack);
          turns.end(place, turn, true);
        }
      }
    }

    assertThat(order.toString()).startsWith("hlhhhlhhhlhh");
  }
}
