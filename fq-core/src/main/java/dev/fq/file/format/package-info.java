/**
 * How a queue is written down in a directory: the seam ({@link dev.fq.file.format.Format}, {@link
 * dev.fq.file.format.TaskFile}, {@link dev.fq.file.format.Claim}) and fq's own format behind it.
 * The description of what lies on disk is in {@code dev.fq.file}.
 */
@NullMarked
package dev.fq.file.format;

import org.jspecify.annotations.NullMarked;
