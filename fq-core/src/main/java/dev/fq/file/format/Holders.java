package dev.fq.file.format;

import dev.fq.file.disk.Nonces;
import dev.fq.spi.HostName;
import dev.fq.spi.TaskId;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Makes holders, {@code <host>-<pid>-<nonce>}: a fresh one for every lease, so that no two leases
 * of a task ever have the same name.
 */
public final class Holders {

  private static final Pattern WITH_DOTS = Pattern.compile("[^.].*-[0-9]+-[^.-]+");

  /** Asked when a task is leased; it takes what a queue that is only looked at can do without. */
  private static final class ThisProcess {
    static final long ID = ProcessHandle.current().pid();
  }

  private final String host;
  private final Random random;

  public Holders(String host, Random random) {
    this.host = host;
    this.random = random;
  }

  /** Those of this process. */
  public static Holders here(Random random) {
    return new Holders(HostName.here(), random);
  }

  public String next() {
    return host + "-" + ThisProcess.ID + "-" + Nonces.next(random);
  }

  /**
   * Whether this can be the holder in a task's name. Only a host has dots, so that a name with more
   * parts than a task's stays a foreign one.
   */
  public static boolean isValid(String holder) {
    for (int i = 0; i < holder.length(); i++) {
      char c = holder.charAt(i);
      if (c != '.' && !TaskId.isSafe(c)) {
        return false;
      }
    }
    return holder.indexOf('.') < 0 ? !holder.isEmpty() : WITH_DOTS.matcher(holder).matches();
  }
}
