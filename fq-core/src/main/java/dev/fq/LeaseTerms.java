package dev.fq;

import dev.fq.spi.QueueConsumer;
import java.time.Duration;

/**
 * Where tasks are leased, and for how long at a time.
 *
 * @param time which the queue gives at a time
 */
record LeaseTerms(QueueConsumer queue, Duration time) {}
