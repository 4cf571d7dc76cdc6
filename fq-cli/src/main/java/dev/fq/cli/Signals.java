package dev.fq.cli;

import dev.fq.CommandTask;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the signals that ask a process to end do to a verb that must not be cut off. A shutdown hook
 * would not do: the JVM tells a hook of the first signal and nobody of the second.
 */
final class Signals {

  /** Numbers as signal(7) has them everywhere. */
  private static final Map<String, Integer> ENDING = Map.of("HUP", 1, "INT", 2, "TERM", 15);

  /** A shell reports a process that a signal has ended by this plus the signal's number. */
  private static final int SIGNALLED = 128;

  private static final AtomicInteger RECEIVED = new AtomicInteger();

  private Signals() {}

  /** The exit code of a verb that a signal has cut short; empty when none came. */
  static OptionalInt exitCode() {
    int number = RECEIVED.get();
    return number == 0 ? OptionalInt.empty() : OptionalInt.of(SIGNALLED + number);
  }

  /** The first signal does this; the second ends the process at once, with all its children. */
  static void stopGently(Runnable stop) {
    AtomicBoolean asked = new AtomicBoolean();
    ENDING.forEach(
        (name, number) ->
            org.jline.utils.Signals.register(name, () -> receive(name, number, asked, stop)));
  }

  private static void receive(String name, int number, AtomicBoolean asked, Runnable stop) {
    if (asked.compareAndSet(false, true)) {
      RECEIVED.set(number);
      System.err.println("fq: SIG" + name + ", stopping; once more ends at once");
      stop.run();
    } else {
      CommandTask.killAll();
      Runtime.getRuntime().halt(SIGNALLED + number);
    }
  }
}
