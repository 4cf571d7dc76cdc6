package dev.fq.cli;

import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;

/** What tasks are made of, one by one. */
interface Inputs extends Iterator<String>, Closeable {

  /** Where the input is that {@link #next} gave last: {@code line 7}. */
  String place();

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
