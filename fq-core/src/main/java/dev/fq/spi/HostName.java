package dev.fq.spi;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of the host that this process runs on. */
public final class HostName {

  private HostName() {}

  /**
   * As holders have it, see {@link TaskInfo#hostLabel}. Linux tells it in a file, which needs no
   * look-up in a name service and is right in containers.
   */
  public static String here() {
    try {
      return TaskInfo.hostLabel(Files.readString(Path.of("/proc/sys/kernel/hostname")));
    } catch (IOException notLinux) {
      return fromNetwork();
    }
  }

  private static String fromNetwork() {
    try {
      return TaskInfo.hostLabel(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
