package dev.fq.file.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The names in a directory, read as a stream in the order in which the file system gives them. What
 * is renamed while it is read may be missed or come twice.
 */
public final class Listing implements Closeable {

  private final DirectoryStream<Path> stream;
  private final Iterator<Path> entries;

  @SuppressWarnings("StreamResourceLeak") // closed with this
  public Listing(Path directory) throws IOException {
    this.stream = Files.newDirectoryStream(directory);
    this.entries = stream.iterator();
  }

  /** The next name, or null at the end. */
  public @Nullable String next() throws IOException {
    try {
      return entries.hasNext() ? entries.next().getFileName().toString() : null;
    } catch (DirectoryIteratorException e) {
      // Only wraps what the iterator may not throw.
      IOException cause = e.getCause();
      throw cause == null ? new IOException(e) : cause;
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  /** What can be done with a name. */
  @FunctionalInterface
  public interface Action<T> {
    void accept(T name) throws IOException;
  }

  /** Does this with every name in the directory. */
  public static void forEach(Path directory, Action<String> action) throws IOException {
    try (Listing listing = new Listing(directory)) {
      for (String name = listing.next(); name != null; name = listing.next()) {
        action.accept(name);
      }
    }
  }

  /** All names in a directory, of which there are few. */
  public static List<String> names(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    forEach(directory, names::add);
    return names;
  }
}
