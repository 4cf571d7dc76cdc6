package dev.fq;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a worker has done so far, or in all.
 *
 * @param begun tasks leased
 * @param completed tasks done
 * @param failed attempts that failed and will be made again
 * @param dead tasks given up
 * @param lost tasks whose lease was lost, and those that could not be ended because of trouble with
 *     the queue: others will work on them, or have
 * @param released tasks given back because the worker had to end
 * @param elapsed since the worker started
 * @param previousExecution how long the task that ended last took to execute; zero before the first
 * @param tries how many looks for a task in a row have found none; 0 after one that did
 * @param reason why it stopped leasing; null while it does not
 */
public record WorkerReport(
    long begun,
    long completed,
    long failed,
    long dead,
    long lost,
    long released,
    Duration elapsed,
    Duration previousExecution,
    int tries,
    @Nullable StopReason reason) {}
