/**
 * Amazon SQS as a backend, and what speaks its protocol, such as ElasticMQ. {@link
 * dev.fq.sqs.SqsQueue} says what SQS can do for fq and what it cannot.
 */
@NullMarked
package dev.fq.sqs;

import org.jspecify.annotations.NullMarked;
