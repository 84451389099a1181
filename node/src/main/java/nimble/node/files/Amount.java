package nimble.node.files;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// Amounts as people write them: NIM with up to nine decimals.
public final class Amount {
  private static final int DECIMALS = 9;

  private Amount() {}

  /// Nim-units of "1", "0.5", "12.000000001"; `name` is what the amount is of, for the message.
  public static long parse(String name, String text) throws Mistake {
    String digits = text.strip().replace("_", "");
    if (digits.length() > 40 || !digits.matches("[0-9]+(\\.[0-9]+)?")) {
      throw Mistake.of("%s must be an amount of NIM such as 12.5, was '%s'", name, text);
    }
    try {
      return new BigDecimal(digits)
          .movePointRight(DECIMALS)
          .setScale(0, RoundingMode.UNNECESSARY)
          .longValueExact();
    } catch (ArithmeticException e) {
      throw Mistake.of(
          "%s must have at most nine decimals and be at most %s NIM, was %s",
          name, show(Long.MAX_VALUE), text);
    }
  }

  /// NIM with as many decimals as it takes.
  public static String show(long units) {
    return BigDecimal.valueOf(units, DECIMALS).stripTrailingZeros().toPlainString();
  }

  public static String withUnit(long units) {
    return show(units) + " NIM";
  }
}
