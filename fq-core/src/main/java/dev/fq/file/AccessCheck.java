package dev.fq.file;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Listing;
import dev.fq.file.disk.Nonces;
import dev.fq.file.format.Format;
import dev.fq.file.format.QueueDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Whether this user may do in a queue what a worker does: make files in each of its directories,
 * rename them from one to another, and rename the tasks that are there.
 */
final class AccessCheck {

  private static final String MODE = "unix:mode";
  private static final int STICKY = 01000;

  private final QueueDirectory directory;
  private final Format format;
  private final Random random;

  AccessCheck(OpenQueue queue) {
    this.directory = queue.directory();
    this.format = queue.format();
    this.random = queue.random();
  }

  List<Finding> examine() throws IOException {
    Map<String, IOException> denied = denied();
    List<Finding> findings = new ArrayList<>();
    findings.add(
        denied.isEmpty()
            ? Finding.ok("access", "this user may write and rename in every directory")
            : Finding.bad(
                "access",
                "this user may not write or rename in %s: %s"
                    .formatted(
                        String.join(" and ", denied.keySet()),
                        denied.values().iterator().next().getMessage()),
                "workers of this user cannot work here: chmod, chown, or run them as another"));
    findings.add(others());
    return findings;
  }

  /** Whether the checks that write into {@code tmp/} can be made. */
  boolean mayWriteProbes() {
    return Files.isWritable(directory.tmp());
  }

  /** The directories in which this user may not do it, and why. */
  private Map<String, IOException> denied() {
    Map<String, IOException> denied = new LinkedHashMap<>();
    for (Path part : parts()) {
      Path probe = part.resolve(".doctor." + Nonces.next(random));
      Path renamed = part.resolve(".doctor." + Nonces.next(random));
      try {
        AtomicFiles.write(probe, new byte[0]);
        AtomicFiles.move(probe, renamed);
        AtomicFiles.delete(renamed);
      } catch (IOException e) {
        denied.put(name(part), e);
      } finally {
        AtomicFiles.removeProbe(probe);
        AtomicFiles.removeProbe(renamed);
      }
    }
    if (!directory.mayChangeTasks()) {
      denied.putIfAbsent("queue/", new IOException("permission denied"));
    }
    if (denied.isEmpty()) {
      renameAcross(denied);
    }
    return denied;
  }

  /**
   * Where others may end at a foreign name in {@code queue/} (python-task-queue does), it is enough
   * to ask whether it could be made.
   */
  private List<Path> parts() {
    List<Path> parts = new ArrayList<>(List.of(directory.root(), directory.tmp()));
    if (format.toleratesForeignNames()) {
      parts.add(directory.queue());
    }
    parts.add(directory.dead());
    parts.removeIf(part -> !Files.isDirectory(part));
    return parts;
  }

  private String name(Path part) {
    return part.equals(directory.root())
        ? "the queue's directory"
        : directory.root().relativize(part) + "/";
  }

  /**
   * An insert renames from {@code tmp/} to {@code queue/}, and what dies goes on to {@code dead/}.
   */
  private void renameAcross(Map<String, IOException> denied) {
    List<Path> parts = parts();
    Path from = directory.tmp().resolve(".doctor." + Nonces.next(random));
    try {
      AtomicFiles.write(from, new byte[0]);
      for (Path part : parts) {
        Path to = part.resolve(".doctor." + Nonces.next(random));
        AtomicFiles.move(from, to);
        from = to;
      }
    } catch (IOException e) {
      denied.put("one directory from another", e);
    } finally {
      AtomicFiles.removeProbe(from);
    }
  }

  /** In a directory with the sticky bit, only its owner and a file's may rename the file. */
  private Finding others() throws IOException {
    List<String> others = new ArrayList<>();
    UserPrincipal user = user();
    for (Path part : List.of(directory.queue(), directory.dead())) {
      if (user != null && isSticky(part) && !user.equals(owner(part)) && !isRoot(user)) {
        Listing.forEach(
            part,
            name -> {
              UserPrincipal owner = owner(part.resolve(name));
              if (owner != null && !owner.equals(user)) {
                others.add(name(part) + name);
              }
            });
      }
    }
    return others.isEmpty()
        ? Finding.ok("owners", "this user may rename every task")
        : Finding.bad(
            "owners",
            "%s tasks are other users', in a directory with the sticky bit, and cannot be leased by"
                    .formatted(others.size())
                + " this user, such as "
                + others.get(0),
            "chmod -t the directory, or run workers as their owners");
  }

  /** Who we are for this file system; null where files have no owners. */
  private @Nullable UserPrincipal user() {
    Path probe = directory.tmp().resolve("doctor." + Nonces.next(random));
    try {
      AtomicFiles.write(probe, new byte[0]);
      return owner(probe);
    } catch (IOException e) {
      return null;
    } finally {
      AtomicFiles.removeProbe(probe);
    }
  }

  private static boolean isRoot(UserPrincipal user) {
    return user.getName().equals("root") || user.getName().equals("0");
  }

  private static boolean isSticky(Path part) throws IOException {
    return part.getFileSystem().supportedFileAttributeViews().contains("unix")
        && Files.isDirectory(part)
        && ((int) Files.getAttribute(part, MODE) & STICKY) != 0;
  }

  private static @Nullable UserPrincipal owner(Path file) throws IOException {
    try {
      return Files.getOwner(file, LinkOption.NOFOLLOW_LINKS);
    } catch (UnsupportedOperationException e) {
      return null;
    } catch (IOException e) {
      // RACE: renamed or gone since the listing.
      if (AtomicFiles.isGone(e)) {
        return null;
      }
      throw e;
    }
  }
}
