/** The files beside {@code queue/} that count what was inserted and completed. */
@NullMarked
package dev.fq.file.counter;

import org.jspecify.annotations.NullMarked;
