/**
 * How fast fq is, beside what the file system could do: one class a question. Every benchmark
 * stands beside a floor, which makes the same file operations with bare {@code java.nio}; machines
 * differ, so the ratio of the two in one run is the figure that counts.
 *
 * <p>{@code Main} is where the jar begins: JMH, or one of the commands beside it. Contenders are
 * the queues that are compared; a {@code Report} puts results into a document by its directives.
 *
 * <p>All run in a new directory below {@code -p dir=…}, which is removed afterwards, and write
 * their results with {@code -rf json -rff FILE}.
 */
@NullMarked
package dev.fq.bench;

import org.jspecify.annotations.NullMarked;
