package dev.fq.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The CPU time of this process, of all its threads. */
final class CpuTime {

  private static final long NANOS_PER_MICRO = 1_000;

  private CpuTime() {}

  static long micros() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / NANOS_PER_MICRO;
  }
}
