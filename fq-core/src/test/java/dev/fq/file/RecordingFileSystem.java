package dev.fq.file;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.tests.mockfile.FilterFileChannel;
import org.apache.lucene.tests.mockfile.FilterFileSystemProvider;

/** Passes everything on, writes down what was done to which file, and fails when told to. */
final class RecordingFileSystem extends FilterFileSystemProvider {

  private final List<String> operations = new CopyOnWriteArrayList<>();
  private final AtomicReference<IOException> failure = new AtomicReference<>();
  private final AtomicReference<IOException> failureToForce = new AtomicReference<>();

  RecordingFileSystem(FileSystem delegate) {
    super("recording://", delegate);
  }

  List<String> operations() {
    return operations;
  }

  /** The next name that is read from any directory is this failure instead. */
  void failNextReadOfADirectory(IOException e) {
    failure.set(e);
  }

  /** The next file that is forced is not, for this reason. */
  void failNextForce(IOException e) {
    failureToForce.set(e);
  }

  private void record(String operation, Path path) {
    operations.add(operation + " " + path.getFileName());
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    record("open", path);
    return super.newByteChannel(path, options, attributes);
  }

  @Override
  public InputStream newInputStream(Path path, OpenOption... options) throws IOException {
    record("open", path);
    return new FilterInputStream(super.newInputStream(path, options)) {
      @Override
      public int read(byte[] bytes, int start, int length) throws IOException {
        record("read", path);
        return super.read(bytes, start, length);
      }

      @Override
      public void close() throws IOException {
        record("close", path);
        super.close();
      }
    };
  }

  @Override
  public OutputStream newOutputStream(Path path, OpenOption... options) throws IOException {
    record(List.of(options).contains(StandardOpenOption.CREATE_NEW) ? "create" : "open", path);
    return new FilterOutputStream(super.newOutputStream(path, options)) {
      @Override
      public void write(byte[] bytes, int start, int length) throws IOException {
        record("write", path);
        out.write(bytes, start, length);
      }

      @Override
      public void close() throws IOException {
        record("close", path);
        super.close();
      }
    };
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    record(options.contains(StandardOpenOption.CREATE_NEW) ? "create" : "open", path);
    return new FilterFileChannel(super.newFileChannel(path, options, attributes)) {
      @Override
      public int write(ByteBuffer bytes) throws IOException {
        record("write", path);
        return super.write(bytes);
      }

      @Override
      public void force(boolean metaData) throws IOException {
        record("force", path);
        IOException e = failureToForce.getAndSet(null);
        if (e != null) {
          throw e;
        }
        super.force(metaData);
      }

      @Override
      protected void implCloseChannel() throws IOException {
        record("close", path);
        super.implCloseChannel();
      }
    };
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    record("list", directory);
    DirectoryStream<Path> stream = super.newDirectoryStream(directory, filter);
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return failing(stream.iterator());
      }

      @Override
      public void close() throws IOException {
        stream.close();
      }
    };
  }

  private Iterator<Path> failing(Iterator<Path> names) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        IOException e = failure.getAndSet(null);
        if (e != null) {
          throw new DirectoryIteratorException(e);
        }
        return names.hasNext();
      }

      @Override
      public Path next() {
        return names.next();
      }
    };
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    record("move", source);
    super.move(source, target, options);
  }

  @Override
  public void delete(Path path) throws IOException {
    record("delete", path);
    super.delete(path);
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    record("stat", path);
    super.checkAccess(path, modes);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    record("stat", path);
    return super.readAttributes(path, type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    record("stat", path);
    return super.readAttributes(path, attributes, options);
  }
}
