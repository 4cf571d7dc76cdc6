package dev.fq.spi;

import java.util.List;

/**
 * One task, looked at closely.
 *
 * @param info where it stands
 * @param body its body as the backend stores it, readable or not
 * @param failures its failed attempts so far, oldest first; none where nobody has asked for them
 */
public record TaskDetail(TaskInfo info, String body, List<Failure> failures) {}
