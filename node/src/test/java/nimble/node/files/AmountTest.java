package nimble.node.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

final class AmountTest {
  @Test
  void readsNim() throws Mistake {
    assertEquals(1_500_000_000L, Amount.parse("x", "1.5"));
    assertEquals(1L, Amount.parse("x", "0.000000001"));
    assertEquals(1_000_000_000_000L, Amount.parse("x", "1_000"));
    assertEquals(Long.MAX_VALUE, Amount.parse("x", "9223372036.854775807"));
  }

  @Test
  void refusesWhatIsNone() {
    for (String text :
        new String[] {"", "-1", "1e9", "1.", "0.0000000001", "9223372036.9", "NaN"}) {
      assertThrows(Mistake.class, () -> Amount.parse("--amount", text), text);
    }
  }

  @Test
  void showsWhatItReads() {
    Seeds.forEach(
        200,
        random -> {
          long units = random.nextLong() >>> random.nextInt(1, 64);
          try {
            assertEquals(units, Amount.parse("x", Amount.show(units)));
          } catch (Mistake e) {
            throw new AssertionError(e);
          }
        });
  }
}
