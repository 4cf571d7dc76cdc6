package dev.fq.cli;

import dev.fq.UnreadableTaskException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;

/** What tasks are made of, one by one. */
interface Inputs extends Iterator<String>, Closeable {

  /** Where the input is that {@link #next} gave last: {@code line 7}. */
  String place();

  /** Makes something of one input. */
  @FunctionalInterface
  interface Making<T> {

    /**
     * What is made of it.
     *
     * @throws IllegalArgumentException if nothing can be made of it
     * @throws UnreadableTaskException if it is no task
     * @throws IOException if it cannot be read
     */
    T of(String input) throws IOException;
  }

  /**
   * What is made of each of them, lazily. Trouble comes as {@link UncheckedIOException}, whose
   * cause says at which input.
   */
  default <T> Iterator<T> each(Making<T> making) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return Inputs.this.hasNext();
      }

      @Override
      public T next() {
        String input = Inputs.this.next();
        try {
          return making.of(input);
        } catch (IllegalArgumentException | UnreadableTaskException | IOException e) {
          throw new UncheckedIOException(new IOException(place() + ": " + e.getMessage(), e));
        }
      }
    };
  }

  /** These words of the command line. */
  static Inputs of(List<String> words) {
    return new Inputs() {
      private int given;

      @Override
      public boolean hasNext() {
        return given < words.size();
      }

      @Override
      public String next() {
        return words.get(given++);
      }

      @Override
      public String place() {
        return "input " + given;
      }

      @Override
      public void close() throws IOException {
        // There is nothing to close.
      }
    };
  }
}
