package nimble.node.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is in force for a node, and where each value comes from: flags before the environment
/// before `nimble.yaml` before defaults.
public final class NodeConfig {
  private static final long BYTES_MAX = 64 * 1024;

  /// @param source the file, the variable, the flag, or "default"
  public record Value(String text, String source) {}

  private final Map<Setting, Value> values;

  private NodeConfig(Map<Setting, Value> values) {
    this.values = values;
  }

  /// @param flags what was given on the command line
  public static NodeConfig load(
      Path file, Map<String, String> environment, Map<Setting, String> flags)
      throws Mistake, IOException {
    Map<Setting, Value> values = new LinkedHashMap<>();
    Setting.ALL.forEach(setting -> values.put(setting, new Value(setting.otherwise(), "default")));
    if (Files.exists(file)) {
      readFile(file, values);
    }
    readEnvironment(new TreeMap<>(environment), values);
    flags.forEach((setting, text) -> values.put(setting, new Value(text, "flag")));
    return new NodeConfig(values);
  }

  private static void readFile(Path file, Map<Setting, Value> values) throws Mistake, IOException {
    String text = SafeFile.read(file, BYTES_MAX);
    if (text.lines().anyMatch(line -> !line.isBlank() && !line.strip().startsWith("#"))) {
      readMap(file, "", YamlMap.parse(file.toString(), text), values);
    }
  }

  private static void readMap(Path file, String path, YamlMap map, Map<Setting, Value> values)
      throws Mistake {
    for (String key : map.keys()) {
      String full = path + key;
      if (map.isMap(key)) {
        readMap(file, full + ".", map.map(key), values);
        continue;
      }
      Setting setting =
          Setting.ofKey(full)
              .orElseThrow(() ->
                  Mistake.of(
                      "%s:%d: unknown key '%s'%s",
                      file,
                      map.keyLine(key),
                      full,
                      Nearest.hint(full, Setting.ALL.stream().map(Setting::key).toList())));
      values.put(
          setting,
          new Value(String.join(",", map.texts(key)), "%s:%d".formatted(file, map.keyLine(key))));
    }
  }

  private static void readEnvironment(
      SortedMap<String, String> environment, Map<Setting, Value> values) throws Mistake {
    List<String> known = Setting.variables();
    for (Map.Entry<String, String> entry : environment.entrySet()) {
      String variable = entry.getKey();
      if (variable.startsWith("NIMBLE_") && !known.contains(variable)) {
        throw Mistake.of(
            "unknown variable %s in the environment%s", variable, Nearest.hint(variable, known));
      }
      Setting.ofVariable(variable)
          .ifPresent(setting -> values.put(setting, new Value(entry.getValue(), variable)));
    }
  }

  public Map<Setting, Value> values() {
    return Map.copyOf(values);
  }

  public String text(Setting setting) {
    return value(setting).text();
  }

  public List<String> list(Setting setting) {
    return List.of(text(setting).split(",", -1)).stream()
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .toList();
  }

  public long number(Setting setting, long min, long max) throws Mistake {
    try {
      long number = Long.parseLong(text(setting).replace("_", ""));
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, once for both.
    }
    throw mistake(setting, "a whole number between %d and %d".formatted(min, max));
  }

  /// What is wrong with the value of `setting`, and where it comes from.
  public Mistake mistake(Setting setting, String allowed) {
    Value value = value(setting);
    return Mistake.of(
        "%s must be %s, was '%s' (%s)", setting.key(), allowed, value.text(), value.source());
  }

  private Value value(Setting setting) {
    Value value = values.get(setting);
    return value == null ? new Value(setting.otherwise(), "default") : value;
  }

  /// A `nimble.yaml` that says what there is to say, all of it commented out.
  public static String template() {
    StringBuilder text = new StringBuilder("# Flags and NIMBLE_* variables win over this file.\n");
    String section = "";
    for (Setting setting : Setting.ALL) {
      int dot = setting.key().indexOf('.');
      String group = dot < 0 ? "" : setting.key().substring(0, dot);
      if (!group.equals(section) && !group.isEmpty()) {
        text.append("# ").append(group).append(":\n");
      }
      section = group;
      text.append(group.isEmpty() ? "# " : "#   ")
          .append(setting.key().substring(dot + 1))
          .append(": ")
          .append(setting.otherwise().isEmpty() ? "[]" : setting.otherwise())
          .append("  # ")
          .append(setting.what())
          .append('\n');
    }
    return text.toString();
  }
}
