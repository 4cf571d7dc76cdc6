package dev.fq.file.record;

import dev.fq.spi.OutputLog.Channel;
import dev.fq.spi.OutputLog.Part;
import dev.fq.spi.TaskOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Outputs that are written together: one member of a file, as gzip has it, and a line for each. */
final class OutputBatch {

  private record Entry(
      KeptAttempt attempt, List<OutputPiece> pieces, @Nullable TaskOutcome result) {}

  private final List<Entry> entries = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  void add(KeptAttempt attempt, KeptAttempt.Content content) {
    List<OutputPiece> pieces = new ArrayList<>();
    for (Channel channel : Channel.values()) {
      for (Part part : content.parts().getOrDefault(channel, List.of())) {
        pieces.add(new OutputPiece(channel, part.from(), part.bytes().length, 0, bytes.size()));
        bytes.writeBytes(part.bytes());
      }
    }
    entries.add(new Entry(attempt, pieces, content.result()));
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** How many bytes of output it has. */
  int size() {
    return bytes.size();
  }

  /** The attempts that have ended with it. */
  List<KeptAttempt> ended() {
    return entries.stream().filter(entry -> entry.result() != null).map(Entry::attempt).toList();
  }

  /** The outputs, compressed; nothing when there are none. */
  byte[] member() throws IOException {
    ByteArrayOutputStream member = new ByteArrayOutputStream();
    if (bytes.size() > 0) {
      try (GZIPOutputStream compressed = new GZIPOutputStream(member)) {
        bytes.writeTo(compressed);
      }
    }
    return member.toByteArray();
  }

  /** The outputs as they are. */
  byte[] plain() {
    return bytes.toByteArray();
  }

  /**
   * The lines of the index.
   *
   * @param member at which byte of its file the member begins
   */
  byte[] lines(long member) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Entry entry : entries) {
      List<OutputPiece> pieces =
          entry.pieces().stream()
              .map(
                  piece ->
                      new OutputPiece(
                          piece.channel(), piece.from(), piece.length(), member, piece.at()))
              .toList();
      lines.append(entry.attempt().line(pieces, entry.result()).text());
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }
}
