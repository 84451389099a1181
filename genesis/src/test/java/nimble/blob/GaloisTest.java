package nimble.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.TreeSet;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

/// The axioms of a field (B5), over all elements or all pairs and a third of triples.
final class GaloisTest {
  /// Polynomials over GF(2), multiplied as on paper.
  private static int byHand(int a, int b) {
    int product = 0;
    for (int bit = 0; bit < 8; bit++) {
      product ^= (b >> bit & 1) == 1 ? a << bit : 0;
    }
    for (int bit = 14; bit >= 8; bit--) {
      product ^= ((product >> bit) & 1) == 1 ? 0x11d << (bit - 8) : 0;
    }
    return product;
  }

  @Test
  void b5ProductsAreThoseOfPolynomials() {
    for (int a = 0; a < Galois.SIZE; a++) {
      for (int b = 0; b < Galois.SIZE; b++) {
        assertEquals(byHand(a, b), Galois.multiply(a, b));
        assertEquals(Galois.multiply(b, a), Galois.multiply(a, b));
      }
    }
  }

  @Test
  void b5SumsAndProductsAssociateAndDistribute() {
    for (int a = 0; a < Galois.SIZE; a++) {
      for (int b = 0; b < Galois.SIZE; b++) {
        for (int c = a % 3; c < Galois.SIZE; c += 3) {
          assertEquals(
              Galois.multiply(a, Galois.multiply(b, c)), Galois.multiply(Galois.multiply(a, b), c));
          assertEquals(
              Galois.multiply(a, Galois.add(b, c)),
              Galois.add(Galois.multiply(a, b), Galois.multiply(a, c)));
        }
      }
    }
  }

  @Test
  void b5EveryElementButZeroHasAnInverse() {
    TreeSet<Integer> inverses = new TreeSet<>();
    for (int a = 1; a < Galois.SIZE; a++) {
      assertEquals(1, Galois.multiply(a, Galois.inverse(a)));
      assertEquals(0, Galois.add(a, a));
      assertEquals(a, Galois.multiply(a, 1));
      assertEquals(0, Galois.multiply(a, 0));
      inverses.add(Galois.inverse(a));
    }
    assertEquals(Galois.SIZE - 1, inverses.size());
    assertThrows(IllegalStateException.class, () -> Galois.inverse(0));
  }

  @Test
  void b5MultiplesOfRowsAreAddedByteByByte() {
    Seeds.forEach(
        20,
        random -> {
          byte[] to = new byte[40];
          byte[] from = new byte[30];
          random.nextBytes(to);
          random.nextBytes(from);
          int factor = random.nextInt(Galois.SIZE);
          byte[] expected = to.clone();
          for (int i = 0; i < 25; i++) {
            expected[5 + i] ^= (byte) byHand(from[i] & 0xff, factor);
          }
          Galois.addMultiple(to, 5, from, 25, factor);
          assertArrayEquals(expected, to);
        });
  }
}
