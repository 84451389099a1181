package nimble.node.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a user has chosen for `nbcli`: flags before the environment before `nbcli.yaml` before
/// defaults.
public final class ClientConfig {
  private static final long BYTES_MAX = 64 * 1024;
  private static final String VALUE_FORM = "[A-Za-z0-9._:@/\\[\\]-]{1,256}";

  private final Path file;
  private final Map<String, String> environment;
  private final SortedMap<String, String> chosen;

  private ClientConfig(
      Path file, Map<String, String> environment, SortedMap<String, String> chosen) {
    this.file = file;
    this.environment = environment;
    this.chosen = chosen;
  }

  public static ClientConfig load(Home home, Map<String, String> environment)
      throws Mistake, IOException {
    Path file = home.path().resolve("nbcli.yaml");
    TreeMap<String, String> chosen = new TreeMap<>();
    if (Files.exists(file)) {
      String text = SafeFile.read(file, BYTES_MAX);
      if (text.lines().anyMatch(line -> !line.isBlank() && !line.strip().startsWith("#"))) {
        read(YamlMap.parse(file.toString(), text), file, chosen);
      }
    }
    return new ClientConfig(file, environment, chosen);
  }

  private static void read(YamlMap map, Path file, Map<String, String> chosen) throws Mistake {
    for (String key : map.keys()) {
      if (ClientSetting.ofKey(key).isEmpty()) {
        throw Mistake.of("%s:%d: %s", file, map.keyLine(key), unknown(key));
      }
      chosen.put(key, String.join(",", map.texts(key)));
    }
  }

  private static String unknown(String key) {
    List<String> known = ClientSetting.ALL.stream().map(ClientSetting::key).toList();
    String hint = Nearest.hint(key, known);
    return "unknown key '%s'%s"
        .formatted(key, hint.isEmpty() ? ", known are " + String.join(", ", known) : hint);
  }

  /// What holds when no flag is given, if somebody chose it.
  public Optional<NodeConfig.Value> value(ClientSetting setting) {
    String variable = environment.getOrDefault(setting.variable(), "");
    if (!variable.isBlank()) {
      return Optional.of(new NodeConfig.Value(variable, setting.variable()));
    }
    return Optional.ofNullable(chosen.get(setting.key()))
        .map(text -> new NodeConfig.Value(text, file.toString()));
  }

  /// Writes one value to the file; an empty one takes it out.
  public void set(String key, String text) throws Mistake, IOException {
    if (ClientSetting.ofKey(key).isEmpty()) {
      throw new Mistake(unknown(key));
    }
    if (text.isEmpty()) {
      chosen.remove(key);
    } else if (text.matches(VALUE_FORM)) {
      chosen.put(key, text);
    } else {
      throw Mistake.of("%s must be 1 to 256 letters, digits and ._:@/-[], was '%s'", key, text);
    }
    StringBuilder lines = new StringBuilder("# Written by `nbcli config set`.\n");
    chosen.forEach((name, value) -> lines.append("%s: \"%s\"%n".formatted(name, value)));
    SafeFile.write(file, lines.toString(), false);
  }

  public Path file() {
    return file;
  }
}
