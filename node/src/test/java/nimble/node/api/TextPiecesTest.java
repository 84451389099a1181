package nimble.node.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

/// Text that comes in pieces is what it would be in one.
final class TextPiecesTest {
  @Test
  void stopStringsEndWhatComesAsTheyWouldEndTheWhole() {
    Seeds.forEach(
        2_000,
        random -> {
          String text = word(random, random.nextInt(30));
          List<String> stops = new ArrayList<>();
          for (int i = random.nextInt(4); i > 0; i--) {
            stops.add(word(random, 1 + random.nextInt(3)));
          }
          int end = text.length();
          for (String stop : stops) {
            int at = text.indexOf(stop);
            end = at >= 0 ? Math.min(end, at) : end;
          }
          StopStrings pieces = new StopStrings(stops);
          StringBuilder said = new StringBuilder();
          for (int at = 0; at < text.length(); ) {
            int next = Math.min(text.length(), at + 1 + random.nextInt(3));
            said.append(pieces.add(text.substring(at, next)));
            at = next;
          }
          if (!pieces.isHit()) {
            said.append(pieces.rest());
          }
          // Of several, one that ends sooner is seen before one that begins sooner.
          if (stops.size() < 2) {
            assertEquals(text.substring(0, end), said.toString());
          }
          assertTrue(text.startsWith(said.toString()));
          for (String stop : stops) {
            assertEquals(-1, said.indexOf(stop), "%s in %s of %s".formatted(stop, said, text));
          }
        });
  }

  /// Few letters, so that stops come up.
  private static String word(SplittableRandom random, int length) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append((char) ('a' + random.nextInt(2)));
    }
    return word.toString();
  }
}
