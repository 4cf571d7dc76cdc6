/**
 * The contract between fq and its backends: {@link dev.fq.spi.QueueBackend}, the values its verbs
 * take and give, and {@link dev.fq.spi.QueueBackendProvider}, by which a backend is found from a
 * URL's scheme.
 *
 * <p>Who only uses queues needs {@link dev.fq.TaskQueue} and {@link dev.fq.Worker}, and meets
 * {@link dev.fq.spi.Payload} and {@link dev.fq.spi.QueueStats} here.
 */
@NullMarked
package dev.fq.spi;

import org.jspecify.annotations.NullMarked;
