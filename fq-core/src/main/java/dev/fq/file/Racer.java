package dev.fq.file;

import dev.fq.file.disk.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;

/**
 * One of several that try the same renames and append to the same file, to see whether the file
 * system keeps them apart. A process of its own, or a thread.
 */
final class Racer {

  static final int FILES = 200;
  static final int APPENDS = 500;
  static final String READY = "ready";

  private final Path directory;
  private final String race;
  private final String name;

  /**
   * @param race what the names of all files of this race begin with
   * @param name tells this one from the others
   */
  Racer(Path directory, String race, String name) {
    this.directory = directory;
    this.race = race;
    this.name = name;
  }

  /** Waits for a line, runs, and prints how many files it won. */
  public static void main(String[] args) throws IOException {
    Racer racer = new Racer(Path.of(args[0]), args[1], args[2]);
    System.out.println(READY);
    if (System.in.read() >= 0) {
      System.out.println(racer.run());
    }
  }

  static Path file(Path directory, String race, int i) {
    return directory.resolve(race + "." + i);
  }

  static Path count(Path directory, String race) {
    return directory.resolve(race + ".count");
  }

  int run() throws IOException {
    int won = 0;
    for (int i = 0; i < FILES; i++) {
      Path mine = directory.resolve(race + "." + i + "." + name);
      won += AtomicFiles.move(file(directory, race, i), mine) ? 1 : 0;
    }
    for (int i = 0; i < APPENDS; i++) {
      AtomicFiles.append(count(directory, race), new byte[] {'.'}, made -> {});
    }
    return won;
  }
}
