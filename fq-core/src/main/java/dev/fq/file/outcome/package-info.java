/**
 * What became of attempts, in files of the workers that made them. The description of what lies on
 * disk is in {@code dev.fq.file}.
 */
@NullMarked
package dev.fq.file.outcome;

import org.jspecify.annotations.NullMarked;
