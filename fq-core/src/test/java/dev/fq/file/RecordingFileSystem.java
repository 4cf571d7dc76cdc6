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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.lucene.tests.mockfile.FilterFileChannel;
import org.apache.lucene.tests.mockfile.FilterFileSystemProvider;

/** Passes everything on, writes down what was done to which file, and lets a test interfere. */
final class RecordingFileSystem extends FilterFileSystemProvider {

  private final List<String> operations = new CopyOnWriteArrayList<>();
  private volatile Interference interference = new Interference() {};

  RecordingFileSystem(FileSystem delegate) {
    super("recording://", delegate);
  }

  /**
   * What a test does at the operations on files: open, create, read, write, force, close, move,
   * link (by its new name), delete, make (a directory), list (open one), next (read a name of one),
   * stat.
   */
  interface Interference {
    /** Is told before; the operation does not take place if this throws, a write does by half. */
    default void before(String operation, Path path) throws IOException {}

    /** Is told after; if this throws, the operation has taken place and its answer is lost. */
    default void after(String operation, Path path) throws IOException {}

    /** May give other names than there are in this directory. */
    default List<Path> listed(Path directory, List<Path> names) {
      return names;
    }
  }

  private interface Operation<T> {
    T perform() throws IOException;
  }

  private interface Step {
    void perform() throws IOException;
  }

  List<String> operations() {
    return operations;
  }

  /** From now on in place of any other. */
  void interfere(Interference by) {
    interference = by;
  }

  private <T> T perform(String operation, Path path, Operation<T> action) throws IOException {
    operations.add(operation + " " + path.getFileName());
    interference.before(operation, path);
    T result = action.perform();
    interference.after(operation, path);
    return result;
  }

  private void perform(String operation, Path path, Step action) throws IOException {
    perform(
        operation,
        path,
        () -> {
          action.perform();
          return true;
        });
  }

  private static String opening(Collection<? extends OpenOption> options) {
    return options.contains(StandardOpenOption.CREATE_NEW) ? "create" : "open";
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return perform(opening(options), path, () -> super.newByteChannel(path, options, attributes));
  }

  @Override
  public InputStream newInputStream(Path path, OpenOption... options) throws IOException {
    InputStream in = perform("open", path, () -> super.newInputStream(path, options));
    return new FilterInputStream(in) {
      @Override
      public int read(byte[] bytes, int start, int length) throws IOException {
        return perform("read", path, () -> super.read(bytes, start, length));
      }

      @Override
      public void close() throws IOException {
        perform("close", path, () -> super.close());
      }
    };
  }

  @Override
  public OutputStream newOutputStream(Path path, OpenOption... options) throws IOException {
    OutputStream opened =
        perform(opening(List.of(options)), path, () -> super.newOutputStream(path, options));
    return new FilterOutputStream(opened) {
      private boolean closed;

      @Override
      public void write(byte[] bytes, int start, int length) throws IOException {
        int[] done = {0};
        try {
          perform(
              "write",
              path,
              () -> {
                out.write(bytes, start, length);
                done[0] = length;
              });
        } catch (IOException e) {
          out.write(bytes, start, done[0] == 0 ? length / 2 : 0);
          throw e;
        }
      }

      @Override
      public void close() throws IOException {
        if (!closed) {
          closed = true;
          perform("close", path, () -> super.close());
        }
      }
    };
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    FileChannel opened =
        perform(opening(options), path, () -> super.newFileChannel(path, options, attributes));
    return new FilterFileChannel(opened) {
      @Override
      public int write(ByteBuffer bytes) throws IOException {
        return perform("write", path, () -> super.write(bytes));
      }

      @Override
      public void force(boolean metaData) throws IOException {
        perform("force", path, () -> super.force(metaData));
      }

      @Override
      protected void implCloseChannel() throws IOException {
        perform("close", path, () -> super.implCloseChannel());
      }
    };
  }

  @Override
  @SuppressWarnings("StreamResourceLeak") // closed by the caller
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    DirectoryStream<Path> stream =
        perform("list", directory, () -> super.newDirectoryStream(directory, filter));
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        List<Path> names = new ArrayList<>();
        stream.forEach(names::add);
        return interrupted(directory, interference.listed(directory, names).iterator());
      }

      @Override
      public void close() throws IOException {
        stream.close();
      }
    };
  }

  /** Names are read in parts; those that come in between are not written down. */
  private Iterator<Path> interrupted(Path directory, Iterator<Path> names) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        try {
          interference.before("next", directory);
          return names.hasNext();
        } catch (IOException e) {
          throw new DirectoryIteratorException(e);
        }
      }

      @Override
      public Path next() {
        return names.next();
      }
    };
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    perform("make", directory, () -> super.createDirectory(directory, attributes));
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    perform("move", source, () -> super.move(source, target, options));
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    perform("link", link, () -> super.createLink(link, existing));
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    return perform("stat", one, () -> super.isSameFile(one, other));
  }

  @Override
  public void delete(Path path) throws IOException {
    perform("delete", path, () -> super.delete(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    perform("stat", path, () -> super.checkAccess(path, modes));
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return perform("stat", path, () -> super.readAttributes(path, type, options));
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    return perform("stat", path, () -> super.readAttributes(path, attributes, options));
  }
}
