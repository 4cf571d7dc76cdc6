package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.Limit;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueBackend;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Limits how many tasks of a queue are worked on. */
@Command(
    name = "limit",
    description = {
      "Limit how many tasks of a queue run at a time, or begin, over all hosts: for licences, and for"
          + " services that break under load. Without options, say what the limit is.",
      "",
      "It is the file limit in the queue's directory, so that echo 20 > ./q/limit says the same, and"
          + " removing the file ends it. Workers look once a second; what runs then goes on. On one"
          + " host, or where all hosts see each rename at once, there is never a task too many; over NFS"
          + " there may be for as long as a client believes an old listing. A worker that may begin"
          + " nothing counts as idle."
    },
    footer = {
      "",
      "Examples:",
      "  fq limit ./q --running 20",
      "  fq limit ./q --rate 5/s",
      "  fq limit ./q --running 4 --rate 100/m",
      "  fq limit ./q --off"
    })
final class LimitCommand extends Verb {

  /** Reads 5/s, 100/m and 1000/h. */
  static final class PaceConverter implements ITypeConverter<Limit.Pace> {
    @Override
    public Limit.Pace convert(String text) {
      try {
        return Limit.Pace.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  @Mixin
  private final QueueArgument queue = new QueueArgument(QueueSettings.needing(Capability.LIMITS));

  @Option(
      names = "--running",
      paramLabel = "N",
      description = "At most this many tasks run at a time.")
  private @Nullable Integer running;

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      converter = PaceConverter.class,
      description = "At most this many tasks begin, evenly: 5/s, 100/m (a minute) or 1000/h.")
  private Limit.@Nullable Pace rate;

  @Option(names = "--off", description = "End the limit.")
  private boolean off;

  @Override
  public Integer call() throws IOException {
    if (off && (running != null || rate != null)) {
      throw refusal("expected either --off or a limit, found both");
    }
    try (TaskQueue tasks = queue.open(OpenMode.EXISTING)) {
      QueueBackend backend = tasks.backend();
      if (!backend.capabilities().contains(Capability.LIMITS)) {
        throw new IOException(tasks + ": this kind of queue has no limits");
      }
      if (off) {
        backend.limit(null);
      } else if (running != null || rate != null) {
        backend.limit(new Limit(running, rate));
      }
      out().println(backend.limit().map(limit -> "limit " + text(limit)).orElse("no limit"));
      return ExitCode.DONE;
    }
  }

  /** In words. */
  static String text(Limit limit) {
    Limit.Pace pace = limit.pace();
    String begin = pace == null ? "" : "begin " + pace;
    return limit.running() == null
        ? begin
        : limit.running() + " at a time" + (begin.isEmpty() ? "" : ", " + begin);
  }
}
