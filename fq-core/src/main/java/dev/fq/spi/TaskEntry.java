package dev.fq.spi;

/**
 * One task as it lies in its queue.
 *
 * @param info where it stands
 * @param payload what it says
 */
public record TaskEntry(TaskInfo info, Payload payload) {}
