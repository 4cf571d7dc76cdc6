/**
 * What workers record of attempts, what became of them and what they wrote, in files of the workers
 * that made them. The description of what lies on disk is in {@code dev.fq.file}.
 */
@NullMarked
package dev.fq.file.record;

import org.jspecify.annotations.NullMarked;
