package dev.fq.cli;

import dev.fq.TaskQueue;
import dev.fq.spi.Capability;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueOption;
import dev.fq.spi.QueueOption.Use;
import dev.fq.spi.QueueUrl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Settings of the queue that a verb opens: the options that the kinds of queues which are installed
 * say they have ({@link QueueBackendProvider#options}). Each is an option of the URL too.
 */
@Command // its options are added when the verb is made, but picocli wants an annotation
final class QueueSettings {

  static final String FILE_QUEUE = "fq";

  private final @Nullable Capability needed;
  private final Set<Use> uses;
  private final Map<String, String> given = new LinkedHashMap<>();

  private QueueSettings(@Nullable Capability needed, Set<Use> uses) {
    this.needed = needed;
    this.uses = uses;
  }

  /** For a verb that every queue has. */
  static QueueSettings ofAny() {
    return new QueueSettings(null, EnumSet.of(Use.OPEN));
  }

  /** For a verb that queues have which can do this. */
  static QueueSettings needing(Capability capability) {
    return new QueueSettings(capability, EnumSet.of(Use.OPEN));
  }

  /** For a verb that every queue has, and that has another use for settings. */
  static QueueSettings with(Use use) {
    return new QueueSettings(null, EnumSet.of(Use.OPEN, use));
  }

  /** Adds to a verb, if it has settings, the options that these kinds of queues have for it. */
  static void addOptions(CommandSpec verb, List<QueueBackendProvider> kinds) {
    addOptions(verb, verb.mixins().values(), kinds);
  }

  private static void addOptions(
      CommandSpec verb, Collection<CommandSpec> mixins, List<QueueBackendProvider> kinds) {
    for (CommandSpec mixin : mixins) {
      if (mixin.userObject() instanceof QueueSettings settings) {
        settings.addTo(verb, kinds);
      }
      addOptions(verb, mixin.mixins().values(), kinds);
    }
  }

  private void addTo(CommandSpec verb, List<QueueBackendProvider> kinds) {
    Map<String, List<QueueOption>> all = new TreeMap<>();
    for (QueueBackendProvider kind : kinds) {
      if (needed == null || kind.capabilities().contains(needed)) {
        for (QueueOption option : kind.options()) {
          if (option.isFor(uses)) {
            all.computeIfAbsent(option.commandOption(), name -> new ArrayList<>()).add(option);
          }
        }
      }
    }
    all.forEach((name, options) -> verb.addOption(spec(name, options)));
  }

  /** Several kinds may describe one option, each in its own words. */
  private OptionSpec spec(String name, List<QueueOption> options) {
    QueueOption first = options.get(0);
    Set<String> words = new LinkedHashSet<>();
    for (QueueOption option : options) {
      words.add(option.description().replace("%", "%%"));
    }
    OptionSpec.Builder spec = OptionSpec.builder(name).description(words.toArray(String[]::new));
    if (first.isFlag()) {
      spec.type(boolean.class).arity("0");
    } else {
      spec.type(String.class).arity("1").paramLabel(first.value());
    }
    return spec.setter(
            new ISetter() {
              @Override
              @SuppressWarnings("TypeParameterUnusedInFormals") // picocli's own signature
              public <T> @Nullable T set(@Nullable T value) {
                // picocli sets every option to its initial value first.
                if (value == null || value.equals(false)) {
                  given.remove(first.name());
                } else {
                  given.put(first.name(), value.toString());
                }
                return null;
              }
            })
        .build();
  }

  /** The queue at this address with these settings. */
  TaskQueue.Builder at(String address) {
    QueueUrl url = QueueUrl.parse(address);
    for (Map.Entry<String, String> setting : given.entrySet()) {
      url = url.with(setting.getKey(), setting.getValue());
    }
    return TaskQueue.at(url);
  }

  // Of several queues, each gets the settings that its kind knows.

  /**
   * Passes when each setting is one of one of these queues.
   *
   * @throws IllegalArgumentException naming the one that is not
   */
  void requireKnown(List<String> addresses) {
    List<String> known =
        addresses.stream()
            .flatMap(address -> QueueBackendProvider.of(QueueUrl.parse(address)).options().stream())
            .map(QueueOption::name)
            .toList();
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "option %s: none of %s has such a setting"
                .formatted(name, String.join(", ", addresses)));
      }
    }
  }

  /** The queue that tasks are taken from; none is made, so that a typo is told. */
  TaskQueue.Builder source(String address) {
    return known(address, EnumSet.of(Use.OPEN)).mode(OpenMode.EXISTING);
  }

  /** The queue that tasks are put into. */
  TaskQueue.Builder destination(String address) {
    return known(address, uses);
  }

  private TaskQueue.Builder known(String address, Set<Use> wanted) {
    QueueUrl url = QueueUrl.parse(address);
    for (QueueOption option : QueueBackendProvider.of(url).options()) {
      String value = given.get(option.name());
      if (value != null && option.isFor(wanted)) {
        url = url.with(option.name(), value);
      }
    }
    return TaskQueue.at(url);
  }
}
