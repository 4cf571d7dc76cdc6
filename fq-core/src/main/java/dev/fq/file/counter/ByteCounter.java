package dev.fq.file.counter;

import dev.fq.file.disk.AtomicFiles;
import dev.fq.file.disk.Permissions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;

/** A file with one byte for each; its size is the count. */
final class ByteCounter extends CounterFile {

  private final byte one;
  private final Permissions permissions;

  ByteCounter(Path file, byte one, Permissions permissions) {
    super(file);
    this.one = one;
    this.permissions = permissions;
  }

  @Override
  void write(int count) throws IOException {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, one);
    // One byte is written or is not; of many, some may be.
    boolean nothingWritten = true;
    try (OutputStream out = AtomicFiles.openAtTheEnd(file(), permissions::giveTo)) {
      nothingWritten = count == 1;
      out.write(bytes);
      // What goes wrong at closing, as full disks do on NFS, says nothing about each byte.
      nothingWritten = false;
    } catch (IOException e) {
      throw nothingWritten ? e : new PartlyWrittenException(e);
    }
  }
}
