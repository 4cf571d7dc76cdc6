package dev.fq;

import java.io.Console;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows progress on standard error as a bar with rate and time left, when that is a terminal;
 * nothing otherwise.
 *
 * <pre>{@code
 * try (ProgressBar bar = ProgressBar.named("inserting")) {
 *   queue.insert(tasks, InsertOptions.none().total(1_000_000).progress(bar));
 * }
 * }</pre>
 */
public final class ProgressBar implements ProgressListener, AutoCloseable {

  private static final int UPDATE_MILLIS = 200;
  private static final int STANDARD_ERROR = 2;

  private final me.tongfei.progressbar.@Nullable ProgressBar bar;

  private ProgressBar(me.tongfei.progressbar.@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /** A bar that says this before it. */
  public static ProgressBar named(String what) {
    return new ProgressBar(isTerminal(STANDARD_ERROR) ? bar(what) : null);
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
  public void at(long done, long total) {
    if (bar != null) {
      bar.maxHint(total);
      bar.stepTo(done);
    }
  }

  @Override
  public void close() {
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
