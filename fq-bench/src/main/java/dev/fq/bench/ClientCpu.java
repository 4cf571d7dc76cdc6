package dev.fq.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What the tasks of an iteration cost of this process's CPU time. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class ClientCpu {

  /** Microseconds a second of the run: divide by the tasks a second. */
  public long cpuMicros;

  private long start;

  @Setup(Level.Iteration)
  public void begin() {
    cpuMicros = 0;
    start = CpuTime.micros();
  }

  void upToNow() {
    cpuMicros = CpuTime.micros() - start;
  }
}
