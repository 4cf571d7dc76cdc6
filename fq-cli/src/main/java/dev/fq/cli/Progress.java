package dev.fq.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error when that is a terminal; nothing otherwise. */
final class Progress implements AutoCloseable {

  private static final int UPDATE_MILLIS = 200;

  private final @Nullable ProgressBar bar;

  private Progress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /** A bar for so many steps; for a number not known before, when it is negative. */
  static Progress of(String what, long total) {
    return new Progress(Terminal.isStandardError() ? bar(what, total) : null);
  }

  private static ProgressBar bar(String what, long total) {
    return new ProgressBarBuilder()
        .setTaskName(what)
        .setInitialMax(total)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(new ConsoleProgressBarConsumer(System.err))
        .showSpeed()
        .build();
  }

  void at(long step) {
    if (bar != null) {
      bar.stepTo(step);
    }
  }

  /** For a total that grows, or was not known at first. */
  void of(long total) {
    if (bar != null) {
      bar.maxHint(total);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
