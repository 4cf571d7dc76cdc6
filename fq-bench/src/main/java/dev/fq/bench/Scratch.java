package dev.fq.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A new directory for one iteration or trial, removed afterwards with all that is in it. */
final class Scratch implements Closeable {

  private final Path directory;

  Scratch(String below) throws IOException {
    this.directory = Files.createTempDirectory(Path.of(below), "fq-bench-");
  }

  Path directory() {
    return directory;
  }

  /** One file after another: a million of them need not fit into memory. */
  @Override
  public void close() throws IOException {
    Files.walkFileTree(directory, new Removal());
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException trouble)
        throws IOException {
      if (trouble != null) {
        throw trouble;
      }
      Files.delete(visited);
      return FileVisitResult.CONTINUE;
    }
  }
}
