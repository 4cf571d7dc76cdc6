package dev.fq.file.record;

import dev.fq.spi.OutputLog.Channel;

/**
 * Where a part of an output lies: in a member of a file, as gzip has it, that is decompressed as a
 * whole.
 *
 * @param from at which byte of what the attempt wrote it begins
 * @param length how many bytes it has
 * @param member at which byte of the file its member begins
 * @param at at which byte of what the member decompresses to it begins
 */
record OutputPiece(Channel channel, long from, int length, long member, int at) {}
