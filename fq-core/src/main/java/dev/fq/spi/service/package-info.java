/**
 * What backends of services share: what a process knows of the leases it holds, and single calls
 * that travel together.
 */
@NullMarked
package dev.fq.spi.service;

import org.jspecify.annotations.NullMarked;
