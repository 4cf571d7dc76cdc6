package dev.fq;

import dev.fq.spi.TaskId;
import org.jspecify.annotations.Nullable;

/**
 * What a task returned.
 *
 * @param task the task's id
 */
public record Result<R extends @Nullable Object>(TaskId task, R value) {}
