package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.OpenMode;
import dev.fq.spi.TaskId;
import dev.fq.spi.TaskInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives leases back. */
@Command(
    name = "release",
    description = {
      "Give leased tasks back, so that others can work on them at once: those named, those of a"
          + " host, or all.",
      "",
      "A holder that still works on such a task loses its lease and is interrupted. Delayed tasks"
          + " stay delayed. Ends with 1 when a named task is not leased."
    },
    footer = {
      "",
      "Examples:",
      "  fq release ./q --host node12     # node12 has died",
      "  fq release ./q                   # all workers are gone"
    })
final class ReleaseCommand extends Verb {

  private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  @Mixin private QueueSettings settings;

  @Option(names = "--host", paramLabel = "NAME", description = "Release what this host holds.")
  private @Nullable String host;

  @Parameters(
      paramLabel = "QUEUE [ID...]",
      hideParamSyntax = true,
      description =
          "The queue, and the tasks to release. With FQ_QUEUE set, a first word that is a UUID is"
              + " an ID.")
  private List<String> words = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    boolean idsOnly =
        QueueArgument.fromEnvironment(spec()) != null
            && !words.isEmpty()
            && UUID.matcher(words.get(0)).matches();
    boolean queueGiven = !idsOnly && !words.isEmpty();
    Set<TaskId> ids = new HashSet<>();
    words.subList(queueGiven ? 1 : 0, words.size()).forEach(word -> ids.add(new TaskId(word)));
    if (host != null && !ids.isEmpty()) {
      throw refusal("expected either IDs or --host, found both");
    }
    return release(QueueArgument.url(spec(), queueGiven ? words.get(0) : null), ids);
  }

  private int release(String url, Set<TaskId> ids) throws IOException {
    try (TaskQueue tasks = settings.at(url).mode(OpenMode.EXISTING).open()) {
      if (!tasks.backend().capabilities().contains(Capability.RELEASE_ALL)) {
        throw new IOException(tasks + ": this kind of queue cannot release the tasks of others");
      }
      Set<TaskId> notSeen = new HashSet<>(ids);
      long released = tasks.backend().releaseAll(picked(ids, notSeen));
      out().println("released " + released);
      notSeen.forEach(id -> err().println("fq: not leased: " + id));
      return notSeen.isEmpty() ? ExitCode.DONE : ExitCode.TROUBLE;
    }
  }

  private Predicate<TaskInfo> picked(Set<TaskId> ids, Set<TaskId> notSeen) {
    if (!ids.isEmpty()) {
      return info -> ids.contains(info.id()) && notSeen.remove(info.id());
    }
    String only = host;
    return only == null ? info -> true : info -> info.isHeldOn(only);
  }
}
