package dev.fq.spi;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Finds the names that somebody may have meant, for messages. */
public final class NearestNames {

  private static final int MANY = 10;
  private static final int LIKELY = 2;

  private NearestNames() {}

  /** All names, the nearest first; of many, the nearest few and how many others there are. */
  public static List<String> of(String meant, Collection<String> names) {
    Stream<String> nearest =
        names.stream()
            .sorted(
                Comparator.comparingInt((String name) -> distance(meant, name))
                    .thenComparing(Comparator.naturalOrder()))
            .limit(MANY);
    Stream<String> rest =
        names.size() > MANY ? Stream.of("… %s more".formatted(names.size() - MANY)) : Stream.of();
    return Stream.concat(nearest, rest).toList();
  }

  /** The nearest name, if it is so near that it is likely the one that was meant. */
  public static Optional<String> likely(String meant, Collection<String> names) {
    return names.stream()
        .min(
            Comparator.comparingInt((String name) -> distance(meant, name))
                .thenComparing(Comparator.naturalOrder()))
        .filter(name -> distance(meant, name) <= Math.min(LIKELY, meant.length() - 1));
  }

  /** How many letters to put in, take out or change (Levenshtein); upper case counts as lower. */
  private static int distance(String one, String other) {
    int[] row = IntStream.rangeClosed(0, other.length()).toArray();
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        boolean same =
            Character.toLowerCase(one.charAt(i - 1)) == Character.toLowerCase(other.charAt(j - 1));
        int changed = diagonal + (same ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
