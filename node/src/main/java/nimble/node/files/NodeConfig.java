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
  private static final String DEFAULT = "default";

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
    Map<Setting, Value> values = defaults();
    if (Files.exists(file)) {
      readText(file, SafeFile.read(file, BYTES_MAX), values);
    }
    readEnvironment(new TreeMap<>(environment), values);
    flags.forEach((setting, text) -> values.put(setting, new Value(text, "flag")));
    return new NodeConfig(values);
  }

  /// What was chosen here and nothing else.
  public static NodeConfig of(Map<Setting, String> flags) {
    Map<Setting, Value> values = defaults();
    flags.forEach((setting, text) -> values.put(setting, new Value(text, "flag")));
    return new NodeConfig(values);
  }

  /// What a file says and nothing else.
  static NodeConfig parse(Path file, String text) throws Mistake {
    Map<Setting, Value> values = defaults();
    readText(file, text, values);
    return new NodeConfig(values);
  }

  private static Map<Setting, Value> defaults() {
    Map<Setting, Value> values = new LinkedHashMap<>();
    Setting.ALL.forEach(setting -> values.put(setting, new Value(setting.otherwise(), DEFAULT)));
    return values;
  }

  private static void readText(Path file, String text, Map<Setting, Value> values) throws Mistake {
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

  public Value value(Setting setting) {
    Value value = values.get(setting);
    return value == null ? new Value(setting.otherwise(), DEFAULT) : value;
  }

  /// Whether nobody chose it.
  public boolean isDefault(Setting setting) {
    return value(setting).source().equals(DEFAULT);
  }

  /// A `nimble.yaml` that says what there is to say, all but what is chosen commented out.
  public static String template(Map<Setting, String> chosen) {
    StringBuilder text = new StringBuilder("# Flags and NIMBLE_* variables win over this file.\n");
    String section = "";
    for (Setting setting : Setting.ALL) {
      String group = setting.group();
      if (!group.equals(section) && !group.isEmpty()) {
        boolean used = chosen.keySet().stream().anyMatch(it -> it.group().equals(group));
        text.append(used ? "" : "# ").append(group).append(":\n");
      }
      section = group;
      String given = chosen.getOrDefault(setting, setting.otherwise());
      text.append(chosen.containsKey(setting) ? "" : "# ")
          .append(group.isEmpty() ? "" : "  ")
          .append(setting.name())
          .append(": ")
          .append(given.isEmpty() ? "[]" : shown(given))
          .append("  # ")
          .append(setting.what())
          .append('\n');
    }
    return text.toString();
  }

  /// A list is one in YAML too.
  private static String shown(String value) {
    return value.indexOf(',') < 0 ? value : "[" + value.replace(",", ", ") + "]";
  }
}
