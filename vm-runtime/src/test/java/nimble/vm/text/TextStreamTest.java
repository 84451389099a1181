package nimble.vm.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nimble.sim.Seeds;
import nimble.vm.djl.Tokenizers;
import org.junit.jupiter.api.Test;

/// X6.
final class TextStreamTest {
  private static final List<String> LETTERS =
      List.of("a", "the miner", " ", "\n", "é", "ß", "€", "中", "😀", "Δ", "<|im", ".");

  private static String text(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(40); i > 0; i--) {
      text.append(LETTERS.get(random.nextInt(LETTERS.size())));
    }
    return text.toString();
  }

  private static List<String> pieces(Tokenizer tokenizer, List<Integer> ids) {
    TextStream stream = new TextStream(tokenizer);
    List<String> pieces = new ArrayList<>();
    ids.forEach(id -> pieces.add(stream.add(id)));
    pieces.add(stream.end());
    return pieces;
  }

  @Test
  void x6PiecesAreTheWholeTextAndNoCharacterComesInParts() throws Exception {
    try (Tokenizer pairs = Tokenizers.bytePairs();
        Tokenizer llama = Tokenizers.llama()) {
      for (Tokenizer tokenizer : List.of(new ByteTokenizer(), pairs, llama)) {
        Seeds.forEach(
            60,
            random -> {
              List<Integer> ids = tokenizer.encode(text(random));
              List<String> pieces = pieces(tokenizer, ids);
              assertEquals(tokenizer.said(ids), String.join("", pieces));
              for (String piece : pieces) {
                assertFalse(piece.contains("\ufffd"), piece);
                assertTrue(
                    piece.isEmpty() || !Character.isHighSurrogate(piece.charAt(piece.length() - 1)),
                    piece);
              }
            });
      }
    }
  }

  /// Whatever a model says, also what is no text.
  @Test
  void x6AnyTokensBecomeTheTextThatTheyAre() throws Exception {
    try (Tokenizer pairs = Tokenizers.bytePairs()) {
      for (Tokenizer tokenizer : List.of(new ByteTokenizer(), pairs)) {
        Seeds.forEach(
            60,
            random -> {
              List<Integer> ids = new ArrayList<>();
              for (int i = random.nextInt(200); i > 0; i--) {
                ids.add(128 + random.nextInt(128));
              }
              assertEquals(tokenizer.said(ids), String.join("", pieces(tokenizer, ids)));
            });
      }
    }
  }

  @Test
  void x6SpecialTokensSayNothing() throws Exception {
    try (Tokenizer pairs = Tokenizers.bytePairs()) {
      List<Integer> ids = pairs.encode("the<|im_end|> miner");
      assertEquals("the miner", String.join("", pieces(pairs, ids)));
    }
  }

  @Test
  void aTextBeginsAsTheTokenizerBeginsOne() throws Exception {
    try (Tokenizer llama = Tokenizers.llama()) {
      assertEquals(List.of(1, 276, 280), llama.prompt("the miner"));
      assertEquals(List.of(276, 280), llama.encode("the miner"));
      assertEquals("the miner", llama.said(llama.prompt("the miner")));
    }
  }
}
