package dev.fq.spi;

import java.util.Set;

/**
 * A setting of queues of one kind: an option of their addresses, and of the commands that have a
 * use for it.
 *
 * @param name as it stands in addresses, in camel case
 * @param value what stands for its value in help, in capitals; empty if it is {@code true} or
 *     {@code false}
 * @param description a sentence or two for help
 * @param use which commands have it as an option too
 */
public record QueueOption(String name, String value, String description, Use use) {

  /** Which commands have an option for a setting. */
  public enum Use {
    /** All that open such a queue. */
    OPEN,
    /** Those that may make a queue. */
    CREATE,
    /** Those that remove all tasks. */
    PURGE,
    /** None: it stands in addresses only. */
    ADDRESS
  }

  /** {@code create=true}: a queue is made where there is none. */
  public static final QueueOption CREATE_QUEUE =
      new QueueOption(
          "create",
          "",
          "Make the queue where there is none. A directory is made in any case by what puts tasks"
              + " into it.",
          Use.CREATE);

  /** One that stands in addresses only. */
  public static QueueOption inAddresses(String name, String value, String description) {
    return new QueueOption(name, value, description, Use.ADDRESS);
  }

  /** Whether it is {@code true} or {@code false}. */
  public boolean isFlag() {
    return value.isEmpty();
  }

  /** The option of commands, such as {@code --native-purge} for {@code nativePurge}. */
  public String commandOption() {
    StringBuilder option = new StringBuilder("--");
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isUpperCase(c)) {
        option.append('-').append(Character.toLowerCase(c));
      } else {
        option.append(c);
      }
    }
    return option.toString();
  }

  /** Whether a command with these uses has it as an option. */
  public boolean isFor(Set<Use> uses) {
    return uses.contains(use);
  }
}
