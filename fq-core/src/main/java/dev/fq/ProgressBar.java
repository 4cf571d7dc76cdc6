package dev.fq;

import java.io.Console;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows progress on standard error as a bar with rate and time left, when that is a terminal and
 * the work takes longer than a moment; nothing otherwise.
 *
 * <pre>{@code
 * try (ProgressBar bar = ProgressBar.named("inserting")) {
 *   queue.insert(tasks, InsertOptions.none().total(1_000_000).progress(bar));
 * }
 * }</pre>
 */
public final class ProgressBar implements ProgressListener, AutoCloseable {

  private static final int UPDATE_MILLIS = 200;

  /** What is over by then needs no bar. */
  private static final Duration MOMENT = Duration.ofMillis(500);

  private static final int STANDARD_ERROR = 2;

  private final String what;
  private final boolean isShown;
  private final long start = System.nanoTime();
  private me.tongfei.progressbar.@Nullable ProgressBar bar;

  private ProgressBar(String what, boolean isShown) {
    this.what = what;
    this.isShown = isShown;
  }

  /** A bar that says this before it. */
  public static ProgressBar named(String what) {
    return new ProgressBar(what, isTerminal(STANDARD_ERROR));
  }

  private static me.tongfei.progressbar.ProgressBar bar(String what) {
    return new ProgressBarBuilder()
        .setTaskName(what)
        .setInitialMax(-1)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(new ConsoleProgressBarConsumer(System.err))
        .showSpeed()
        .build();
  }

  @Override
  public synchronized void at(long done, long total) {
    if (bar == null && isShown && done != total && isMomentOver()) {
      bar = bar(what);
    }
    if (bar != null) {
      bar.maxHint(total);
      bar.stepTo(done);
    }
  }

  private boolean isMomentOver() {
    return System.nanoTime() - start >= MOMENT.toNanos();
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    }
  }

  /**
   * Whether somebody looks at what goes to this file descriptor: 1 is standard output, 2 standard
   * error. Linux tells what a descriptor is; elsewhere Java tells of input and output together.
   */
  public static boolean isTerminal(int descriptor) {
    Path link = Path.of("/proc/self/fd", Integer.toString(descriptor));
    try {
      String target = Files.readSymbolicLink(link).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException notLinux) {
      return isInteractive(System.console());
    }
  }

  /** From Java 22 on there is always a console, which is asked whether it is a terminal. */
  private static boolean isInteractive(@Nullable Console console) {
    try {
      Method isTerminal = Console.class.getMethod("isTerminal");
      return console != null && (boolean) isTerminal.invoke(console);
    } catch (NoSuchMethodException beforeJava22) {
      return console != null;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
