/**
 * Real worker processes on one queue, disturbed in every way that clusters know, and what their
 * logs prove. {@link dev.fq.cli.chaos.ChaosRun} plays, {@link dev.fq.cli.chaos.Verdict} judges.
 */
@NullMarked
package dev.fq.cli.chaos;

import org.jspecify.annotations.NullMarked;
