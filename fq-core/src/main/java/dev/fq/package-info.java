/**
 * What users of fq meet: {@link dev.fq.TaskQueue} to insert tasks and look at them, {@link
 * dev.fq.Worker} to work on them. Tasks that run a command, {@link dev.fq.CommandTask}, are built
 * in.
 */
@NullMarked
package dev.fq;

import org.jspecify.annotations.NullMarked;
