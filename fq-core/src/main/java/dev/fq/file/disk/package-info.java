/**
 * What fq does with files, whatever they say: atomic renames, listings, permissions, durable
 * writes, the file server's time, news of a directory. It knows neither tasks nor queues.
 */
@NullMarked
package dev.fq.file.disk;

import org.jspecify.annotations.NullMarked;
