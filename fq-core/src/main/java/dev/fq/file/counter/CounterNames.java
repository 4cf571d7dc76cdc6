package dev.fq.file.counter;

import java.util.Collection;
import java.util.List;

/**
 * Which files of a queue's directory count, and what. Beside those that are added to there are, of
 * a {@link CounterMerge}, parts and the sum of them.
 */
public final class CounterNames {

  static final String INSERTIONS = "insertions";
  static final String COMPLETIONS = "completions";

  private static final String PART = ".part.";
  private static final String SUM = ".sum.";

  private CounterNames() {}

  /** Whether a file of this name is one of those that python-task-queue writes. */
  public static boolean isOfPython(String fileName) {
    return fileName.equals(INSERTIONS) || fileName.equals(COMPLETIONS);
  }

  /** Whether a file of this name is one that is added to. */
  public static boolean isCounter(String fileName) {
    return isCounterOf(INSERTIONS, fileName) || isCounterOf(COMPLETIONS, fileName);
  }

  private static boolean isCounterOf(String kind, String fileName) {
    return fileName.equals(kind) || fileName.startsWith(kind + ".");
  }

  /** Whether a file of this name counts, or is a part that a sum counts for. */
  static boolean isAnyCounter(String fileName) {
    return isCounter(original(fileName));
  }

  /** Whether a file of this name has a decimal number; the others are as long as their count. */
  static boolean isDecimal(String fileName) {
    return original(fileName).equals(INSERTIONS);
  }

  /** The name of a counter once it is a part of a merge, which no other has that has this nonce. */
  static String part(String fileName, String nonce) {
    return PART + nonce + "." + fileName;
  }

  static boolean isPart(String fileName) {
    return fileName.startsWith(PART);
  }

  static boolean isPartOf(String kind, String fileName) {
    return isPart(fileName) && isCounterOf(kind, original(fileName));
  }

  /** The sum of all parts of this kind, which counts in their place once it is there. */
  static String sum(String kind) {
    return SUM + kind;
  }

  /** Of the names in a queue's directory, those that count now, of this kind. */
  static List<String> counting(String kind, Collection<String> fileNames) {
    boolean isSummed = fileNames.contains(sum(kind));
    return fileNames.stream()
        .filter(name -> isCounterOf(kind, original(name)) && !(isSummed && isPart(name)))
        .toList();
  }

  /** The name that a counter has when it is of no merge. */
  private static String original(String fileName) {
    if (fileName.startsWith(SUM)) {
      return fileName.substring(SUM.length());
    }
    return isPart(fileName)
        ? fileName.substring(fileName.indexOf('.', PART.length()) + 1)
        : fileName;
  }
}
