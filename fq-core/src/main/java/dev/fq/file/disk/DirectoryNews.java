package dev.fq.file.disk;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * News of names that came into a directory.
 *
 * <p>The kernel tells what happens through this host only. On a network file system that is part of
 * the news, so whoever waits here must also look by himself from time to time.
 */
public final class DirectoryNews implements News {

  private static final Logger log = LoggerFactory.getLogger(DirectoryNews.class);

  private final WatchService watcher;
  private final Predicate<String> news;

  private DirectoryNews(WatchService watcher, Predicate<String> news) {
    this.watcher = watcher;
    this.news = news;
  }

  /**
   * News of this directory, or none where the file system cannot tell without reading it again.
   *
   * @param news which names that came in are news
   */
  public static News listen(Path directory, Predicate<String> news) {
    if (!isToldByTheKernel(directory)) {
      return new NoNews();
    }
    try {
      WatchService watcher = directory.getFileSystem().newWatchService();
      directory.register(watcher, StandardWatchEventKinds.ENTRY_CREATE);
      return new DirectoryNews(watcher, news);
    } catch (IOException e) {
      // inotify(7) gives a user only so many watches.
      log.debug(
          "{}: no news from the kernel, looking from time to time: {}", directory, e.toString());
      return new NoNews();
    }
  }

  /** Elsewhere java.nio imitates a watch by reading the whole directory and its files' times. */
  private static boolean isToldByTheKernel(Path directory) {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return directory.getFileSystem().equals(FileSystems.getDefault())
        && (system.startsWith("linux") || system.startsWith("windows"));
  }

  @Override
  public void await(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    WatchKey key = watcher.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
    while (key != null && !isNews(key) && key.reset()) {
      key = watcher.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    if (key != null) {
      key.reset();
    }
  }

  private boolean isNews(WatchKey key) {
    boolean isNews = false;
    for (WatchEvent<?> event : key.pollEvents()) {
      isNews |= !(event.context() instanceof Path path) || news.test(path.toString());
    }
    return isNews;
  }

  @Override
  public void close() throws IOException {
    watcher.close();
  }

  /** No news at all: only time passes. */
  private static final class NoNews implements News {
    @Override
    public void await(Duration atMost) throws InterruptedException {
      TimeUnit.NANOSECONDS.sleep(atMost.toNanos());
    }

    @Override
    public void close() {}
  }
}
