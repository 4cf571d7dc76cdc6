/**
 * The {@code fq} command: one class a verb, which parses and prints; what a verb does is in
 * fq-core. {@link dev.fq.cli.Main} alone turns exceptions into a line and an exit code.
 */
@NullMarked
package dev.fq.cli;

import org.jspecify.annotations.NullMarked;
