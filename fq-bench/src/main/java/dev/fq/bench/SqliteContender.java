package dev.fq.bench;

import dev.fq.spi.NewTask;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.sqlite.SQLiteConfig;

/**
 * A queue as one makes it of an embedded database: a table of tasks with an index on when they are
 * due, leased by an UPDATE … RETURNING, counted in the transaction that deletes, which is one for
 * all that were leased together. A connection for each thread, a write-ahead log, and every
 * transaction begun as a writer ({@code BEGIN IMMEDIATE}), so that none is refused when it turns
 * into one. We begin and commit ourselves, since the driver's commit begins the next transaction at
 * once and so keeps everybody out.
 *
 * <p>Forced, it is {@code PRAGMA synchronous=FULL}: every commit is forced to disk; else {@code
 * OFF}: none is (sqlite.org/pragma.html).
 *
 * <p>Rejected: H2, which has {@code SKIP LOCKED} but no setting for what is forced to disk.
 */
final class SqliteContender implements Contender {

  private static final int PATIENCE_MILLIS = 60_000;
  private static final long LEASE_SECONDS = 300;
  private static final int TOGETHER = 32;

  private final Clock clock;
  private final String url;
  private final SQLiteConfig config = new SQLiteConfig();
  private final Queue<Connection> connections = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<Session> session = ThreadLocal.withInitial(this::connect);

  /** One thread's connection and what it prepared there. */
  private record Session(
      PreparedStatement begin,
      PreparedStatement insert,
      PreparedStatement lease,
      PreparedStatement complete,
      PreparedStatement count,
      PreparedStatement commit) {}

  SqliteContender(Path directory, boolean forced, Clock clock) throws SQLException {
    this.clock = clock;
    this.url = "jdbc:sqlite:" + directory.resolve("queue.sqlite");
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(
        forced ? SQLiteConfig.SynchronousMode.FULL : SQLiteConfig.SynchronousMode.OFF);
    config.setBusyTimeout(PATIENCE_MILLIS);
    try (Connection connection = config.createConnection(url);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "CREATE TABLE task (id TEXT PRIMARY KEY, due INTEGER NOT NULL, attempt INTEGER NOT NULL,"
              + " holder TEXT, body TEXT NOT NULL) WITHOUT ROWID");
      statement.executeUpdate("CREATE INDEX task_due ON task (due)");
      statement.executeUpdate("CREATE TABLE total (completed INTEGER NOT NULL)");
      statement.executeUpdate("INSERT INTO total VALUES (0)");
    }
  }

  private Session connect() {
    try {
      Connection connection = config.createConnection(url);
      connections.add(connection);
      return new Session(
          connection.prepareStatement("BEGIN IMMEDIATE"),
          connection.prepareStatement("INSERT INTO task VALUES (?, 0, 0, NULL, ?)"),
          connection.prepareStatement(
              "UPDATE task SET due = ?, attempt = attempt + 1, holder = ? WHERE id IN (SELECT id"
                  + " FROM task WHERE due <= ? LIMIT ?) RETURNING id, body"),
          connection.prepareStatement("DELETE FROM task WHERE id = ? AND holder = ?"),
          connection.prepareStatement("UPDATE total SET completed = completed + ?"),
          connection.prepareStatement("COMMIT"));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void insert(List<NewTask> batch) throws SQLException {
    Session mine = session.get();
    mine.begin.execute();
    for (NewTask task : batch) {
      mine.insert.setString(1, task.id().value());
      mine.insert.setString(2, task.payload().json());
      mine.insert.executeUpdate();
    }
    mine.commit.execute();
  }

  @Override
  public int leaseAndComplete(int max) throws SQLException {
    Session mine = session.get();
    String holder = Long.toString(Thread.currentThread().getId());
    List<String> leased = lease(mine, max, holder);
    mine.begin.execute();
    for (String id : leased) {
      mine.complete.setString(1, id);
      mine.complete.setString(2, holder);
      if (mine.complete.executeUpdate() != 1) {
        throw new IllegalStateException("lost " + id);
      }
    }
    mine.count.setInt(1, leased.size());
    mine.count.executeUpdate();
    mine.commit.execute();
    return leased.size();
  }

  /** As one works on it who wants it to be quick. */
  @Override
  public long work() throws SQLException {
    long done = 0;
    for (int more = leaseAndComplete(TOGETHER); more > 0; more = leaseAndComplete(TOGETHER)) {
      done += more;
    }
    return done;
  }

  private List<String> lease(Session mine, int max, String holder) throws SQLException {
    long now = clock.instant().getEpochSecond();
    mine.lease.setLong(1, now + LEASE_SECONDS);
    mine.lease.setString(2, holder);
    mine.lease.setLong(3, now);
    mine.lease.setInt(4, max);
    List<String> leased = new ArrayList<>(max);
    try (ResultSet tasks = mine.lease.executeQuery()) {
      while (tasks.next()) {
        leased.add(tasks.getString(1));
        if (tasks.getString(2).isEmpty()) {
          throw new IllegalStateException("empty: " + leased);
        }
      }
    }
    return leased;
  }

  @Override
  public void close() throws IOException {
    try {
      for (Connection connection : connections) {
        connection.close();
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }
}
