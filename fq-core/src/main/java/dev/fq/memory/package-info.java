/**
 * A queue in this process's memory: the same contract as every backend, in a map. For tests, for
 * trying things, and as the model that other backends are compared with.
 */
@NullMarked
package dev.fq.memory;

import org.jspecify.annotations.NullMarked;
