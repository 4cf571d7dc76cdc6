package dev.fq.file.record;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Permissions;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * A directory in which each worker appends to files of its own, so that no two hosts ever append to
 * one: {@code TIME-HOLDER.SUFFIX}, where TIME is that of the beginning, as 20261127T064253Z, so
 * that names sort by it.
 */
public final class WorkerFiles {

  private final Path directory;
  private final Permissions permissions;
  private final Supplier<String> holders;

  /**
   * @param directory made with the first file
   * @param permissions what others may do with its files
   * @param holders makes names that no other file has
   */
  public WorkerFiles(Path directory, Permissions permissions, Supplier<String> holders) {
    this.directory = directory;
    this.permissions = permissions;
    this.holders = holders;
  }

  Path directory() {
    return directory;
  }

  Permissions permissions() {
    return permissions;
  }

  /** Names for files that nobody else writes, from this time on, without their suffix. */
  Path next(Instant from) {
    return directory.resolve(WorkerFile.name(from, holder(), ""));
  }

  /** A name that no other worker has, and that this one has not had before. */
  String holder() {
    return holders.get();
  }

  /** Makes the directory if it is missing. */
  void make() throws IOException {
    if (!AtomicFiles.isRealDirectory(directory)) {
      Path parent = directory.toAbsolutePath().getParent();
      Permissions.makeDirectory(directory, parent == null ? null : Permissions.of(parent));
    }
  }

  void append(Path file, byte[] bytes) throws IOException {
    make();
    AtomicFiles.append(file, bytes, permissions::giveTo);
  }

  /** The files with this suffix, those that were begun first at the front. */
  List<WorkerFile> files(String suffix) throws IOException {
    List<WorkerFile> files = new ArrayList<>();
    try {
      Listing.forEach(
          directory,
          name -> {
            Instant from = WorkerFile.beginning(name, suffix);
            if (from != null) {
              files.add(new WorkerFile(directory.resolve(name), from));
            }
          });
    } catch (NoSuchFileException nothingWritten) {
      return List.of();
    }
    files.sort(
        Comparator.comparing(WorkerFile::from).thenComparing(file -> file.path().toString()));
    return files;
  }

  /**
   * Removes the files with this suffix to which nothing was written since this time.
   *
   * @return how many
   */
  long prune(String suffix, Instant before) throws IOException {
    long removed = 0;
    for (WorkerFile file : files(suffix)) {
      removed += file.isOlderThan(before) && AtomicFiles.delete(file.path()) ? 1 : 0;
    }
    return removed;
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
