package dev.fq;

import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.Payload;
import dev.fq.spi.TaskResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one command leaves its result: a file that {@code FQ_RESULT} names and that is open as file
 * descriptor 3, if the worker keeps results.
 *
 * <p>Java passes on no descriptor beyond 2, so a shell opens it, and then becomes the command: a
 * millisecond. Rejected: a named pipe, which a child that is left behind would keep open.
 */
final class CommandResult implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(CommandResult.class);

  private static final String VARIABLE = "FQ_RESULT";
  private static final String NOWHERE = "/dev/null";
  private static final Path SHELL = Path.of("/bin/sh");

  /** Appending, so that it does not matter if the command writes to the file by its name too. */
  private static final List<String> WITH_DESCRIPTOR_3 =
      List.of(SHELL.toString(), "-c", "exec \"$@\" 3>>\"$" + VARIABLE + "\"", "fq");

  private final @Nullable Path file;
  private final boolean isKept;

  private CommandResult(@Nullable Path file, boolean isKept) {
    this.file = file;
    this.isKept = isKept;
  }

  /**
   * A place for one result.
   *
   * @param isKept whether somebody keeps it
   * @throws HostTroubleException if there must be a file for it, and there can be none
   */
  static CommandResult open(boolean isKept) throws HostTroubleException {
    try {
      return new CommandResult(Files.createTempFile("fq-result-", ".json"), isKept);
    } catch (IOException e) {
      if (isKept) {
        throw new HostTroubleException(
            "no file for a result can be made in %s: %s"
                .formatted(System.getProperty("java.io.tmpdir"), e),
            e);
      }
      log.debug("no file for a result that nobody keeps: {}", e.toString());
      return new CommandResult(null, isKept);
    }
  }

  /** The words before those that run the command. */
  List<String> words() {
    return isKept && Files.isExecutable(SHELL) ? WITH_DESCRIPTOR_3 : List.of();
  }

  void addTo(Map<String, String> environment) {
    environment.put(VARIABLE, file == null ? NOWHERE : file.toString());
  }

  /**
   * What the command has left there, as JSON; empty when nothing.
   *
   * @throws TaskFailedException if that is no result
   */
  Optional<String> read() throws TaskFailedException {
    try {
      return file == null ? Optional.empty() : read(file);
    } catch (InvalidPayloadException e) {
      throw no("expected one JSON value, found something else: " + e.getMessage());
    } catch (CharacterCodingException e) {
      throw no("expected UTF-8, found other bytes");
    } catch (NoSuchFileException e) {
      // Whoever wants to may remove it.
      return Optional.empty();
    } catch (IOException e) {
      throw no("cannot be read: " + e);
    }
  }

  private static Optional<String> read(Path file) throws IOException, TaskFailedException {
    if (Files.size(file) == 0) {
      return Optional.empty();
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(TaskResult.MAX_BYTES + 1);
    }
    if (bytes.length > TaskResult.MAX_BYTES) {
      throw no("expected at most %s bytes, found more".formatted(TaskResult.MAX_BYTES));
    }
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return text.isBlank() ? Optional.empty() : Optional.of(Payload.ofJson(text).json());
  }

  private static TaskFailedException no(String problem) {
    return new TaskFailedException(
        "its result (file descriptor 3, or the file $" + VARIABLE + "): " + problem);
  }

  @Override
  public void close() {
    if (file == null) {
      return;
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.debug("{} is left: {}", file, e.toString());
    }
  }
}
