package nimble.types;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

final class Math128Test {
  @Test
  void mulDivAgreesWithBigInteger() {
    Seeds.forEach(
        20_000,
        random -> {
          long a = random.nextLong() >>> random.nextInt(1, 64);
          long b = random.nextLong() >>> random.nextInt(1, 64);
          long divisor = Math.max(1, random.nextLong() >>> random.nextInt(1, 64));
          BigInteger exact =
              BigInteger.valueOf(a)
                  .multiply(BigInteger.valueOf(b))
                  .divide(BigInteger.valueOf(divisor));
          if (exact.bitLength() <= 63) {
            assertEquals(exact.longValueExact(), Math128.mulDiv(a, b, divisor));
          } else {
            assertThrows(ArithmeticException.class, () -> Math128.mulDiv(a, b, divisor));
          }
        });
  }
}
