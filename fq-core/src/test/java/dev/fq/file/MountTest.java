package dev.fq.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountTest {

  private static final List<String> MOUNTINFO =
      List.of(
          "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro",
          "23 22 0:21 / /shared rw,nosuid - nfs4 server:/export rw,vers=4.2,hard,acdirmax=60",
          "24 23 0:22 / /shared/my\\040lab rw - nfs server:/lab rw,vers=3,soft",
          "25 22 0:23 / /scratch rw - tmpfs none rw",
          "26 25 0:24 / /scratch rw - xfs /dev/sdb rw",
          "not a line of mountinfo");

  private static String typeOf(String path) {
    return Mount.of(MOUNTINFO, Path.of(path)).orElseThrow().type();
  }

  @Test
  void mountOfAPathIsTheDeepestAndTheLastOfEquals() {
    assertThat(typeOf("/home/q")).isEqualTo("ext4");
    assertThat(typeOf("/shared/q")).isEqualTo("nfs4");
    assertThat(typeOf("/sharedq")).isEqualTo("ext4");
    assertThat(typeOf("/shared/my lab/q")).isEqualTo("nfs");
    assertThat(typeOf("/scratch")).isEqualTo("xfs");
    assertThat(Mount.of(List.of(), Path.of("/q"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ext4, 'rw,noatime', OK, ext4",
    "nfs4, 'rw,hard,acdirmax=60', OK, nfs4",
    "nfs4, 'rw,softerr', WARN, 'nfs4, mounted soft'",
    "nfs, 'rw,hard,acdirmax=120', WARN, 'nfs, mounted with acdirmax=120'",
    "nfs, 'rw,actimeo=600', WARN, 'nfs, mounted with actimeo=600'",
    "nfs4, 'ro,hard', BAD, 'nfs4, mounted read-only'",
    "tmpfs, rw, WARN, 'tmpfs: this host'",
    "overlay, rw, WARN, 'overlay: a container'",
    "fuse.sshfs, rw, WARN, 'fuse.sshfs: whether its renames'",
  })
  void warnsOfWhatIsNotFitForAQueue(
      String type, String options, Finding.Level level, String found) {
    Finding finding = new Mount(type, List.of(options.split(","))).finding();

    assertThat(finding.level()).isEqualTo(level);
    assertThat(finding.found()).startsWith(found);
    assertThat(finding.advice().isEmpty()).isEqualTo(level == Finding.Level.OK);
  }
}
