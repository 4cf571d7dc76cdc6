package dev.fq.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows the main job in one go. */
@Command(
    name = "demo",
    description = {
      "Fill a file queue, have two worker processes work it off, kill one of them half-way, and"
          + " show what happens.",
      "",
      "Takes less than a minute, and leaves the queue in DIR to try things on."
    },
    footer = {"", "Examples:", "  fq demo", "  fq demo /shared/scratch/fq-demo"})
final class DemoCommand extends Verb {

  private static final String DEFAULT_NAME = "fq-demo";

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "DIR",
      description = "A new or empty directory; fq-demo here, or fq-demo-2 and so on, unless given.")
  private @Nullable Path given;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = given == null ? firstFree() : requireEmpty(given);
    Files.createDirectories(directory);
    new Demo(directory, FqCommand.startingAnother(spec()), out()).run();
    return ExitCode.DONE;
  }

  private static Path firstFree() {
    return IntStream.iterate(1, i -> i + 1)
        .mapToObj(i -> Path.of(i == 1 ? DEFAULT_NAME : DEFAULT_NAME + "-" + i))
        .filter(path -> !Files.exists(path))
        .findFirst()
        .orElseThrow();
  }

  private Path requireEmpty(Path path) throws IOException {
    if (!Files.exists(path)) {
      return path;
    }
    if (Files.isDirectory(path)) {
      try (Stream<Path> content = Files.list(path)) {
        if (content.findAny().isEmpty()) {
          return path;
        }
      }
    }
    throw refusal(path + ": expected a new or an empty directory, found something in it");
  }
}
