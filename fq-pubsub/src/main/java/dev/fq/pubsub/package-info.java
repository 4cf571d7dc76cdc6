/** Google Cloud Pub/Sub behind the same SPI. */
@NullMarked
package dev.fq.pubsub;

import org.jspecify.annotations.NullMarked;
