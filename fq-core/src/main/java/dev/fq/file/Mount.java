package dev.fq.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A mounted file system, as Linux tells of it in /proc/self/mountinfo (proc(5)).
 *
 * @param type such as {@code nfs4}
 * @param options of the mount and of the file system
 */
record Mount(String type, List<String> options) {

  private static final int POINT = 4;
  private static final int OPTIONS = 5;
  private static final String SEPARATOR = "-";

  private static final Set<String> GONE_AT_REBOOT = Set.of("tmpfs", "ramfs");
  private static final Set<String> NOT_TRIED =
      Set.of(
          "9p", "cifs", "exfat", "fuse.gvfsd-fuse", "fuse.sshfs", "ntfs", "smb3", "vboxsf", "vfat");
  private static final Set<String> SOFT = Set.of("soft", "softerr");
  private static final Pattern LONGEST_ATTRIBUTE_CACHE =
      Pattern.compile("acdirmax=(\\d{1,9})|actimeo=(\\d{1,9})");
  private static final int USUAL_ATTRIBUTE_CACHE_SECONDS = 60;

  /**
   * The one that this absolute path is on: the longest mount point before it, the last of equals.
   */
  static Optional<Mount> of(List<String> mountinfo, Path path) {
    Mount found = null;
    int depth = -1;
    for (String line : mountinfo) {
      List<String> fields = Arrays.asList(line.split(" "));
      int separator = fields.indexOf(SEPARATOR);
      if (separator > OPTIONS && fields.size() > separator + 1) {
        // Spaces in paths are written so.
        Path point = path.getFileSystem().getPath(fields.get(POINT).replace("\\040", " "));
        if (path.startsWith(point) && point.getNameCount() >= depth) {
          found = mount(fields, separator);
          depth = point.getNameCount();
        }
      }
    }
    return Optional.ofNullable(found);
  }

  private static Mount mount(List<String> fields, int separator) {
    List<String> options = new ArrayList<>(List.of(fields.get(OPTIONS).split(",")));
    options.addAll(List.of(fields.get(fields.size() - 1).split(",")));
    return new Mount(fields.get(separator + 1), options);
  }

  Finding finding() {
    String check = "file system";
    if (options.contains("ro")) {
      return Finding.bad(check, type + ", mounted read-only", "mount it read-write");
    }
    if (GONE_AT_REBOOT.contains(type)) {
      return Finding.warn(
          check, type + ": this host's memory", "use it for trials only: a reboot empties it");
    }
    if (type.equals("overlay")) {
      return Finding.warn(
          check, type + ": a container's own layer", "mount a volume: it goes with the container");
    }
    if (NOT_TRIED.contains(type)) {
      return Finding.warn(
          check,
          type + ": whether its renames are exclusive between hosts is not known",
          "use it from one host, or try a local disk or NFS");
    }
    return type.startsWith("nfs") ? nfs(check) : Finding.ok(check, type);
  }

  private Finding nfs(String check) {
    if (options.stream().anyMatch(SOFT::contains)) {
      return Finding.warn(
          check,
          type + ", mounted soft: when the server is slow, operations fail though they took place",
          "mount it hard");
    }
    for (String option : options) {
      var cache = LONGEST_ATTRIBUTE_CACHE.matcher(option);
      if (cache.matches()) {
        String seconds = cache.group(1) == null ? cache.group(2) : cache.group(1);
        if (Integer.parseInt(seconds) > USUAL_ATTRIBUTE_CACHE_SECONDS) {
          return Finding.warn(
              check,
              type + ", mounted with " + option + ": tasks of other hosts are seen late",
              "mount it with acdirmax=60, as is usual, or less");
        }
      }
    }
    return Finding.ok(check, type);
  }
}
