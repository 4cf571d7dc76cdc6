package dev.fq.spi;

import java.time.Instant;

/**
 * One attempt that failed.
 *
 * @param attempt which one, from 1
 * @param holder who worked on it
 * @param at when the failure was reported
 * @param reason what went wrong
 */
public record Failure(int attempt, String holder, Instant at, String reason) {}
