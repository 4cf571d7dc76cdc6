/**
 * Many tasks in one file. A bundle is claimed as a whole; what becomes of its tasks is appended to
 * the progress file of the claim, and counts from the next rename of the bundle on. The description
 * of what lies on disk is in {@code dev.fq.file}.
 */
@NullMarked
package dev.fq.file.bundle;

import org.jspecify.annotations.NullMarked;
