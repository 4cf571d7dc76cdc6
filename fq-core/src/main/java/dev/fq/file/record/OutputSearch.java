package dev.fq.file.record;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.spi.OutputLog;
import dev.fq.spi.OutputLog.Channel;
import dev.fq.spi.OutputLog.Part;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskOutcome;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Looks through the indexes of all workers for one task. */
final class OutputSearch implements OutputLog.Search {

  private record Key(int attempt, Instant begun) {}

  /** Where pieces lie. */
  @FunctionalInterface
  private interface Source {
    byte[] read(OutputPiece piece) throws IOException;
  }

  private record Place(Source source, OutputPiece piece) {

    /** What comes from this byte of the output on. */
    Part part(long from) {
      try {
        byte[] all = source.read(piece);
        int known = Math.toIntExact(from - piece.from());
        return new Part(from, known == 0 ? all : Arrays.copyOfRange(all, known, all.length));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private record Found(int attempt, Instant begun, Optional<TaskOutcome> result, List<Place> places)
      implements OutputLog.Output {

    @Override
    public Stream<Part> read(Channel channel, long from) {
      List<Supplier<Part>> parts = new ArrayList<>();
      long position = from;
      for (Place place : inOrder(channel)) {
        long end = place.piece().from() + place.piece().length();
        // What comes again was written again after trouble.
        if (end > position) {
          long start = Math.max(position, place.piece().from());
          parts.add(() -> place.part(start));
          position = end;
        }
      }
      return parts.stream().map(Supplier::get);
    }

    private List<Place> inOrder(Channel channel) {
      return places.stream()
          .filter(place -> place.piece().channel() == channel)
          .sorted(Comparator.comparingLong(place -> place.piece().from()))
          .toList();
    }
  }

  private final OutputDirectory directory;
  private final TaskId task;
  private final byte[] mark;
  private final Map<Path, Long> read = new HashMap<>();
  private final Map<Key, Found> found = new HashMap<>();

  OutputSearch(OutputDirectory directory, TaskId task) {
    this.directory = directory;
    this.task = task;
    this.mark = OutputLine.beginning(task);
  }

  @Override
  public List<OutputLog.Output> attempts() throws IOException {
    // RACE: a tail goes when its bytes are in the index, which is read after it for that.
    Map<Key, Found> tails = new HashMap<>();
    for (Path file : directory.tails(task)) {
      readTail(file, tails);
    }
    for (WorkerFile index : directory.indexes()) {
      readIndex(index.path());
    }
    Map<Key, Found> all = new HashMap<>(tails);
    found.forEach(
        (key, attempt) ->
            all.merge(
                key,
                attempt,
                (tail, written) -> written.result().isPresent() ? written : joined(written, tail)));
    return all.values().stream()
        .sorted(Comparator.comparing(Found::begun).thenComparingInt(Found::attempt))
        .<OutputLog.Output>map(attempt -> attempt)
        .toList();
  }

  private static Found joined(Found one, Found other) {
    List<Place> places = new ArrayList<>(one.places());
    places.addAll(other.places());
    return new Found(
        one.attempt(),
        one.begun(),
        one.result().isPresent() ? one.result() : other.result(),
        places);
  }

  private static byte[] ofMember(Path file, OutputPiece piece) throws IOException {
    try (InputStream in = AtomicFiles.openToRead(file)) {
      in.skipNBytes(piece.member());
      InputStream member = new GZIPInputStream(new BufferedInputStream(in));
      member.skipNBytes(piece.at());
      byte[] bytes = member.readNBytes(piece.length());
      if (bytes.length < piece.length()) {
        throw new EOFException(file + ": ends within what its index names");
      }
      return bytes;
    }
  }

  private static byte[] ofTail(byte[] tail, OutputPiece piece) {
    return Arrays.copyOfRange(tail, piece.at(), piece.at() + piece.length());
  }

  private static void add(OutputLine line, Source source, Map<Key, Found> to) {
    List<Place> places = line.pieces().stream().map(piece -> new Place(source, piece)).toList();
    Found more =
        new Found(line.attempt(), line.begun(), Optional.ofNullable(line.result()), places);
    to.merge(new Key(line.attempt(), line.begun()), more, OutputSearch::joined);
  }

  private void readTail(Path file, Map<Key, Found> tails) throws IOException {
    byte[] bytes;
    try {
      bytes = AtomicFiles.read(file);
    } catch (IOException e) {
      if (AtomicFiles.isGone(e)) {
        return;
      }
      throw e;
    }
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    OutputLine line = OutputLine.read(Arrays.copyOf(bytes, end));
    int after = bytes.length - end - 1;
    if (line != null
        && line.task().equals(task)
        && line.pieces().stream().allMatch(piece -> piece.at() + piece.length() <= after)) {
      byte[] tail = Arrays.copyOfRange(bytes, end + 1, bytes.length);
      add(line, piece -> ofTail(tail, piece), tails);
    }
  }

  private void readIndex(Path index) throws IOException {
    long from = read.getOrDefault(index, 0L);
    Path data = OutputDirectory.dataOf(index);
    try (InputStream file = AtomicFiles.openToRead(index)) {
      file.skipNBytes(from);
      long length =
          forEachLine(
              file,
              line -> {
                OutputLine ours = isOfTask(line) ? OutputLine.read(line) : null;
                if (ours != null && ours.task().equals(task)) {
                  add(ours, piece -> ofMember(data, piece), found);
                }
              });
      read.put(index, from + length);
    } catch (EOFException e) {
      // It was shortened, since its disk was full; what is written again comes with the next look.
      return;
    } catch (IOException e) {
      // RACE: somebody has pruned it.
      if (!AtomicFiles.isGone(e)) {
        throw e;
      }
    }
  }

  /** By its first bytes: most lines of an index are those of other tasks. */
  private boolean isOfTask(byte[] line) {
    return line.length > mark.length && Arrays.equals(line, 0, mark.length, mark, 0, mark.length);
  }

  /**
   * Each line that has its end.
   *
   * @return how many bytes they have
   */
  private static long forEachLine(InputStream file, Consumer<byte[]> action) throws IOException {
    byte[] buffer = new byte[1 << 16];
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long length = 0;
    for (int count = file.read(buffer); count > 0; count = file.read(buffer)) {
      int start = 0;
      for (int i = 0; i < count; i++) {
        if (buffer[i] == '\n') {
          line.write(buffer, start, i - start);
          length += line.size() + 1;
          action.accept(line.toByteArray());
          line.reset();
          start = i + 1;
        }
      }
      line.write(buffer, start, count - start);
    }
    return length;
  }
}
