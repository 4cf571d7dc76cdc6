package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.Worker;
import dev.fq.WorkerBuilder;
import dev.fq.WorkerQueue;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueOption.Use;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The QUEUEs of a worker, what a task of each takes, and what the worker has for that. */
final class WorkedQueues {

  /** What may stand behind the name of a queue: {@code :4}, {@code :16G}, {@code :gpu=2}. */
  private static final Pattern WORDS =
      Pattern.compile(
          "(?<name>.*?[^:])(?<words>(:(\\d{1,9}[KMGT]?|gpu(=\\d{1,9})?|weight=\\d{1,9}))+)",
          Pattern.DOTALL);

  private static final Pattern SCHEME = Pattern.compile("(?s)[A-Za-z][A-Za-z0-9+.-]*://.*");
  private static final String GPU = "gpu";
  private static final String WEIGHT = "weight=";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec verb;

  @Parameters(
      arity = "0..*",
      paramLabel = "QUEUE",
      description = {
        "The queue: a directory or a URL. Of several, the first that has something waiting is worked"
            + " on. Behind its name may stand what each of its tasks takes: :N slots, :SIZE of"
            + " --memory, :gpu or :gpu=N of --gpus; and :weight=N for --fair. A directory whose own"
            + " name ends so is meant with a / at the end.",
      })
  private List<String> given = new ArrayList<>();

  @Mixin private final QueueSettings settings = QueueSettings.with(Use.CREATE);

  @Option(
      names = "--fair",
      description =
          "Let the queues take turns, each beginning as many tasks as its :weight=N says (1 unless"
              + " given), instead of working on a later one only when those before it have nothing.")
  private boolean fair;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description =
          "How much memory there is for tasks to take, in bytes, or with K, M, G or T. It is shared"
              + " out, and not enforced; a command finds its part in FQ_MEMORY, in bytes.")
  private @Nullable Long memory;

  @Option(
      names = "--gpus",
      paramLabel = "LIST",
      split = ",",
      description =
          "The devices that there are for tasks to take, as 0,1. Each is one task's at a time, which"
              + " finds its own in CUDA_VISIBLE_DEVICES and FQ_GPU; a task that takes none finds both"
              + " empty.")
  private List<String> gpus = new ArrayList<>();

  /** A queue as it is given, and what was said of it. */
  private record Word(String address, UnaryOperator<WorkerQueue> needs) {}

  /** Opens each, and makes none unless it is said. The caller closes them. */
  List<TaskQueue> open(UnaryOperator<TaskQueue.Builder> opening) throws IOException {
    List<Word> words = words();
    List<String> addresses = words.stream().map(Word::address).toList();
    if (addresses.size() > 1) {
      settings.requireKnown(addresses);
    }
    List<TaskQueue> opened = new ArrayList<>();
    try {
      for (String address : addresses) {
        TaskQueue.Builder at =
            addresses.size() == 1 ? settings.at(address) : settings.destination(address);
        opened.add(opening.apply(at.mode(OpenMode.EXISTING)).open());
      }
      return opened;
    } catch (IOException | RuntimeException e) {
      for (TaskQueue queue : opened) {
        queue.close();
      }
      throw e;
    }
  }

  /** How a worker works on these, which are those that were opened. */
  WorkerBuilder worker(List<TaskQueue> opened) {
    List<Word> words = words();
    List<WorkerQueue> queues = new ArrayList<>();
    for (int i = 0; i < opened.size(); i++) {
      queues.add(words.get(i).needs.apply(WorkerQueue.of(opened.get(i))));
    }
    WorkerBuilder builder =
        Worker.of(queues.get(0), queues.subList(1, queues.size()).toArray(WorkerQueue[]::new));
    if (memory != null) {
      builder.memory(memory);
    }
    return builder.fair(fair).gpus(gpus);
  }

  private List<Word> words() {
    return given.isEmpty()
        ? List.of(word(QueueArgument.url(verb, null)))
        : given.stream().map(this::word).toList();
  }

  /** Words stand before the options of a URL, whose own values may end as words do. */
  private Word word(String text) {
    int question = SCHEME.matcher(text).matches() ? text.indexOf('?') : -1;
    String name = question < 0 ? text : text.substring(0, question);
    String options = question < 0 ? "" : text.substring(question);
    Matcher form = WORDS.matcher(name);
    if (!form.matches()) {
      return new Word(text, UnaryOperator.identity());
    }
    String words = form.group("words").substring(1);
    return new Word(form.group("name") + options, queue -> with(queue, words, text));
  }

  private WorkerQueue with(WorkerQueue plain, String words, String text) {
    WorkerQueue queue = plain;
    for (String word : words.split(":", -1)) {
      try {
        queue = with(queue, word);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(
            verb.commandLine(), "QUEUE \"%s\": %s".formatted(text, e.getMessage()), e);
      }
    }
    return queue;
  }

  private WorkerQueue with(WorkerQueue queue, String word) {
    if (word.startsWith(WEIGHT)) {
      if (!fair) {
        throw new IllegalArgumentException("a weight: expected --fair beside it");
      }
      return queue.weight(Integer.parseInt(word.substring(WEIGHT.length())));
    }
    if (word.startsWith(GPU)) {
      return queue.gpus(word.equals(GPU) ? 1 : Integer.parseInt(word.substring(GPU.length() + 1)));
    }
    return Character.isDigit(word.charAt(word.length() - 1))
        ? queue.slots(Integer.parseInt(word))
        : queue.memory(new SizeConverter().convert(word));
  }
}
