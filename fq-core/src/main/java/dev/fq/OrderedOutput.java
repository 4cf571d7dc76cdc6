package dev.fq;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Lets what tasks write appear task by task, in the order in which they took their {@link Turn}s.
 * The first writes through; what the others write waits, in memory and beyond that in a temporary
 * file.
 *
 * <p>The order is one worker's and not the queue's: waiting names are sorted by their ids, which
 * grow with time. Rejected: a number in each task, which one {@code mv} by hand would break.
 */
final class OrderedOutput implements Closeable {

  /** So much of each output waits in memory. */
  private static final int IN_MEMORY = 16 * 1024;

  private final PrintStream out;

  // Guarded by this.
  private final Deque<Turn> turns = new ArrayDeque<>();

  OrderedOutput(PrintStream out) {
    this.out = out;
  }

  /** The output of one task; to be closed when the task has ended. */
  final class Turn extends OutputStream {
    // Guarded by the outer object.
    private ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private @Nullable Path file;
    private @Nullable OutputStream toFile;
    private boolean ended;

    private Turn() {}

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      synchronized (OrderedOutput.this) {
        if (turns.peekFirst() == this) {
          writeThrough(bytes, offset, length);
        } else if (!ended) {
          keep(bytes, offset, length);
        }
      }
    }

    private void writeThrough(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      if (out.checkError()) {
        throw new IOException("standard output cannot be written");
      }
    }

    private void keep(byte[] bytes, int offset, int length) throws IOException {
      OutputStream target = toFile;
      if (target == null && waiting.size() + length > IN_MEMORY) {
        Path made = Files.createTempFile("fq-output-", null);
        file = made;
        target = Files.newOutputStream(made);
        toFile = target;
        waiting.writeTo(target);
        waiting = new ByteArrayOutputStream();
      }
      (target == null ? waiting : target).write(bytes, offset, length);
    }

    private void writeWhatWaited() throws IOException {
      waiting.writeTo(out);
      waiting = new ByteArrayOutputStream();
      Path kept = file;
      OutputStream target = toFile;
      if (kept != null && target != null) {
        try {
          target.close();
          Files.copy(kept, out);
        } finally {
          file = null;
          toFile = null;
          Files.deleteIfExists(kept);
        }
      }
      out.flush();
    }

    /** Ends the turn; called again it does nothing. */
    @Override
    public void close() throws IOException {
      synchronized (OrderedOutput.this) {
        ended = true;
        goOn();
      }
    }
  }

  /** The last turn. */
  synchronized Turn next() {
    Turn turn = new Turn();
    turns.addLast(turn);
    return turn;
  }

  private void goOn() throws IOException {
    while (!turns.isEmpty() && turns.getFirst().ended) {
      turns.removeFirst();
      if (!turns.isEmpty()) {
        turns.getFirst().writeWhatWaited();
      }
    }
  }

  /** Ends the turns of all tasks, also of those that have not ended. */
  @Override
  public synchronized void close() throws IOException {
    turns.forEach(turn -> turn.ended = true);
    goOn();
  }
}
