package nimble.node.files;

import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Large numbers as people write them: bytes as "512MiB" or "2GiB", operations as "800M" or
/// "12.5G".
public final class Quantity {
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?) ?([A-Za-z]{0,3})");
  private static final List<String> BYTES = List.of("", "KiB", "MiB", "GiB", "TiB");
  private static final List<String> COUNTS = List.of("", "k", "M", "G", "T", "P");

  private Quantity() {}

  public static long bytes(String name, String text) throws Mistake {
    return parse(name, text, BYTES, 1_024, "a number of bytes such as 512MiB or 2GiB");
  }

  public static long count(String name, String text) throws Mistake {
    return parse(name, text, COUNTS, 1_000, "a number such as 800M or 12.5G");
  }

  private static long parse(String name, String text, List<String> units, int step, String allowed)
      throws Mistake {
    Matcher matcher = FORM.matcher(text.strip().replace("_", ""));
    int power = matcher.matches() ? units.indexOf(matcher.group(2)) : -1;
    if (power >= 0) {
      try {
        return new BigDecimal(matcher.group(1))
            .multiply(BigDecimal.valueOf(step).pow(power))
            .toBigInteger()
            .longValueExact();
      } catch (ArithmeticException e) {
        // Said below, once for both.
      }
    }
    throw Mistake.of("%s must be %s, was '%s'", name, allowed, text);
  }

  /// With the largest unit that leaves a whole part, rounded.
  public static String showBytes(long bytes) {
    return show(bytes, BYTES, 1_024);
  }

  public static String showCount(long count) {
    return show(count, COUNTS, 1_000);
  }

  private static String show(long number, List<String> units, int step) {
    double value = number;
    int power = 0;
    while (value >= step && power + 1 < units.size()) {
      value /= step;
      power++;
    }
    String digits = power == 0 ? Long.toString(number) : "%.1f".formatted(value);
    return (digits + " " + units.get(power)).strip();
  }
}
