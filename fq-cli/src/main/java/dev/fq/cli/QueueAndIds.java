package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.TaskId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The QUEUE and the ids of verbs that are about single tasks. */
final class QueueAndIds {

  private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec verb;

  // After whatever the verb itself takes before it.
  @Parameters(
      index = "0+",
      arity = "0..*",
      paramLabel = "QUEUE [ID...]",
      hideParamSyntax = true,
      description =
          "The queue, and the ids of tasks. With FQ_QUEUE set, a first word that is a UUID is an"
              + " ID.")
  private List<String> words = new ArrayList<>();

  @Mixin private final QueueSettings settings;

  QueueAndIds(QueueSettings settings) {
    this.settings = settings;
  }

  private boolean isQueueGiven() {
    boolean idsOnly =
        QueueArgument.fromEnvironment(verb) != null
            && !words.isEmpty()
            && UUID.matcher(words.get(0)).matches();
    return !idsOnly && !words.isEmpty();
  }

  TaskQueue open() throws IOException {
    String url = QueueArgument.url(verb, isQueueGiven() ? words.get(0) : null);
    return settings.at(url).mode(OpenMode.EXISTING).open();
  }

  /** In the order in which they were given. */
  Set<TaskId> ids() {
    Set<TaskId> ids = new LinkedHashSet<>();
    for (String word : words.subList(isQueueGiven() ? 1 : 0, words.size())) {
      if (!TaskId.isValid(word)) {
        throw new ParameterException(
            verb.commandLine(),
            "expected the id of a task, 1 to 64 of A-Z a-z 0-9 - _, found \"" + word + "\"");
      }
      ids.add(new TaskId(word));
    }
    return ids;
  }

  /** Which tasks a verb is about, and which of those named it has met. */
  Selection selection() {
    return new Selection(ids());
  }

  /** Those that are named, or all when none is. */
  static final class Selection {

    private final Set<TaskId> named;
    private final Set<TaskId> notMet;

    private Selection(Set<TaskId> named) {
      this.named = named;
      this.notMet = new HashSet<>(named);
    }

    boolean isAll() {
      return named.isEmpty();
    }

    /** Whether the task is among them; it is met then. */
    boolean meets(TaskId id) {
      notMet.remove(id);
      return named.isEmpty() || named.contains(id);
    }

    /** Says of those named but not met that they are not so; the exit code. */
    int report(Verb verb, String state) {
      named.stream()
          .filter(notMet::contains)
          .forEach(id -> verb.err().println("fq: not " + state + ": " + id));
      return notMet.isEmpty() ? ExitCode.DONE : ExitCode.TROUBLE;
    }
  }
}
