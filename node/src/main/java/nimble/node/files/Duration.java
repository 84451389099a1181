package nimble.node.files;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: "90s", "15m", "2h", "7d".
public final class Duration {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9}) ?(ms|s|m|h|d)");

  private Duration() {}

  public static long millis(String name, String text) throws Mistake {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw Mistake.of("%s must be a duration such as 90s, 15m, 2h or 7d, was '%s'", name, text);
    }
    long unit =
        switch (matcher.group(2)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 86_400_000;
        };
    return Long.parseLong(matcher.group(1)) * unit;
  }
}
