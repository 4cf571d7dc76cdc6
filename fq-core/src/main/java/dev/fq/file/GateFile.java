package dev.fq.file;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Permissions;
import dev.fq.file.format.Layout;
import dev.fq.spi.Gate;
import dev.fq.spi.QueueUrl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code gate} of a queue, which says what the queue waits for, a line each:
 *
 * <pre>
 *   after ../level-1
 *   after sqs://bulk
 *   even-if-dead
 * </pre>
 *
 * A path that is relative begins at the queue's directory. When the gate opens, the file becomes
 * {@code gate.opened-20261130T223000Z}.
 */
final class GateFile {

  private static final String AFTER = "after ";
  private static final String EVEN_IF_DEAD = "even-if-dead";
  private static final String FILE_SCHEME = "fq";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path root;
  private final Permissions permissions;

  GateFile(Path root, Permissions permissions) {
    this.root = root;
    this.permissions = permissions;
  }

  /** By a listing: a client of NFS takes a name to be absent that it has looked for in vain. */
  boolean isThere() throws IOException {
    return Listing.names(root).contains(Layout.GATE);
  }

  /**
   * What it says; null when it is not there.
   *
   * @throws IOException if it says something else
   */
  @Nullable Gate read() throws IOException {
    String text = text();
    return text == null ? null : parse(text);
  }

  private @Nullable String text() throws IOException {
    if (!isThere()) {
      return null;
    }
    try {
      return new String(AtomicFiles.read(path()), StandardCharsets.UTF_8);
    } catch (IOException e) {
      if (AtomicFiles.isGone(e)) {
        return null;
      }
      throw e;
    }
  }

  private Path path() {
    return root.resolve(Layout.GATE);
  }

  private Gate parse(String text) throws IOException {
    List<QueueUrl> after = new ArrayList<>();
    boolean evenIfDead = false;
    int number = 0;
    for (String line : text.lines().map(String::strip).toList()) {
      number++;
      if (line.equals(EVEN_IF_DEAD)) {
        evenIfDead = true;
      } else if (line.startsWith(AFTER)) {
        after.add(url(line.substring(AFTER.length()).strip()));
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        throw new MalformedFileException(
            path(),
            number,
            "expected \"after QUEUE\", \"even-if-dead\" or a comment with # in front, found \"%s\""
                .formatted(line));
      }
    }
    try {
      return new Gate(after, evenIfDead);
    } catch (IllegalArgumentException e) {
      throw new MalformedFileException(path(), String.valueOf(e.getMessage()), e);
    }
  }

  private QueueUrl url(String text) throws IOException {
    try {
      return text.contains("://")
          ? QueueUrl.parse(text)
          : QueueUrl.parse(root.resolve(text).normalize().toString());
    } catch (IllegalArgumentException e) {
      throw new MalformedFileException(path(), String.valueOf(e.getMessage()), e);
    }
  }

  /** Writes the gate, in the place of one that is there. */
  void write(Gate gate, Path draft) throws IOException {
    StringBuilder text = new StringBuilder();
    gate.after().forEach(url -> text.append(AFTER).append(name(url)).append('\n'));
    if (gate.evenIfDead()) {
      text.append(EVEN_IF_DEAD).append('\n');
    }
    AtomicFiles.write(draft, text.toString().getBytes(StandardCharsets.UTF_8));
    permissions.giveTo(draft);
    AtomicFiles.move(draft, path());
  }

  /** Neighbours by a relative path, so that hosts may mount them at different places. */
  private String name(QueueUrl url) {
    if (url.scheme().equals(FILE_SCHEME) && url.options().isEmpty()) {
      Path path = root.getFileSystem().getPath(url.place());
      Path parent = path.getParent();
      if (parent != null && parent.equals(root.getParent())) {
        return "../" + path.getFileName();
      }
    }
    return url.text();
  }

  /**
   * Opens the gate, unless another has been put in its place.
   *
   * <p>RACE: a gate that is put there between this look and the rename is opened as well.
   *
   * @param seen what it says
   */
  void open(Gate seen, Instant now) throws IOException {
    if (seen.equals(read())) {
      rename(now);
    }
  }

  /** Opens it, whatever it says. */
  void open(Instant now) throws IOException {
    if (isThere()) {
      rename(now);
    }
  }

  /** Another may have opened it. */
  private void rename(Instant now) throws IOException {
    AtomicFiles.move(path(), root.resolve(Layout.OPENED_GATE + TIME.format(now)));
  }
}
