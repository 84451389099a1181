package nimble.node.files;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The keys that a template shows, line by line.
record TemplateKeys(List<String> lines, List<Key> keys) {
  private static final Pattern LINE =
      Pattern.compile(
          "(?<out> *)(?<off># )?(?<in> *)(?<key>\\w+):(?: +(?<value>[^# ][^#]*?))?(?: +# (?<said>.*))?");
  private static final Pattern NUMBER = Pattern.compile("\\[?[0-9].*");
  private static final Pattern RANGE = Pattern.compile(".*( to | or |above|at most|any whole).*");
  private static final String UNKNOWN = "qqqqqqqqqqqq: 1";

  /// A line with a key.
  ///
  /// @param group path of the one that it stands in; empty at the outermost
  /// @param live false where the line is a reminder only
  record Key(
      int line, int indent, String group, String name, boolean live, String value, String said) {
    boolean isGroup() {
      return value.isEmpty();
    }

    String path() {
      return group.isEmpty() ? name : group + "." + name;
    }

    boolean saysRange() {
      return !said.isEmpty() && (!NUMBER.matcher(value).matches() || RANGE.matcher(said).matches());
    }

    boolean saysDefault() {
      return said.contains("default: ");
    }
  }

  static TemplateKeys of(String text) {
    List<String> lines = text.lines().toList();
    List<Key> keys = new ArrayList<>();
    ArrayDeque<Key> groups = new ArrayDeque<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher found = LINE.matcher(lines.get(i));
      if (!found.matches()) {
        continue;
      }
      int indent = found.group("out").length() + found.group("in").length();
      while (!groups.isEmpty() && groups.getLast().indent() >= indent) {
        groups.removeLast();
      }
      Key key =
          new Key(
              i,
              indent,
              groups.isEmpty() ? "" : groups.getLast().path(),
              found.group("key"),
              found.group("off") == null,
              Optional.ofNullable(found.group("value")).orElse(""),
              Optional.ofNullable(found.group("said")).orElse(""));
      keys.add(key);
      if (key.isGroup()) {
        groups.addLast(key);
      }
    }
    return new TemplateKeys(lines, keys);
  }

  List<Key> live() {
    return keys.stream().filter(Key::live).toList();
  }

  /// Keys that are shown in a comment.
  List<Key> reminders() {
    return keys.stream().filter(key -> !key.live() && !key.isGroup()).toList();
  }

  boolean has(String group, String name) {
    return keys.stream().anyMatch(key -> key.group().equals(group) && key.name().equals(name));
  }

  String without(Key key) {
    List<String> left = new ArrayList<>(lines);
    left.remove(key.line());
    return String.join("\n", left);
  }

  /// The text with a key that nobody knows.
  String withUnknown() {
    return String.join("\n", lines) + "\n" + UNKNOWN + "\n";
  }

  /// The same within a group.
  String withUnknown(Key group) {
    List<String> more = new ArrayList<>(lines);
    more.add(group.line() + 1, " ".repeat(group.indent() + 2) + UNKNOWN);
    return String.join("\n", more);
  }
}
