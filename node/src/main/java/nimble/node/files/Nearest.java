package nimble.node.files;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// The known word that somebody meant.
public final class Nearest {
  /// Beyond a third of its letters a guess says more about us than about the word.
  private static final int PART = 3;

  private static final int DISTANCE_LEAST = 2;

  private Nearest() {}

  static Optional<String> to(String word, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt((String other) -> distance(word, other)).thenComparing(w -> w))
        .filter(other -> distance(word, other) <= Math.max(DISTANCE_LEAST, other.length() / PART));
  }

  /// ", did you mean 'x'?" or nothing.
  public static String hint(String word, Collection<String> known) {
    return to(word, known).map(", did you mean '%s'?"::formatted).orElse("");
  }

  /// Levenshtein's, without regard to case.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        boolean same =
            Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
        int replaced = diagonal + (same ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
