package nimble.node.files;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// A mapping in a YAML file whose every part knows its line (F1).
final class YamlMap {
  private static final int DEPTH_MAX = 8;

  private final String file;
  private final String path;
  private final int line;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Integer> keyLines = new LinkedHashMap<>();

  private YamlMap(String file, String path, MappingNode node) throws Mistake {
    this.file = file;
    this.path = path;
    this.line = lineOf(node);
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw at(lineOf(tuple.getKeyNode()), "a key must be a word");
      }
      if (values.put(key.getValue(), tuple.getValueNode()) != null) {
        throw at(lineOf(key), "%s stands twice".formatted(full(key.getValue())));
      }
      keyLines.put(key.getValue(), lineOf(key));
    }
  }

  static YamlMap parse(String file, String text) throws Mistake {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file).setMaxAliasesForCollections(0).build();
    try {
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty()) {
        throw Mistake.of("%s is empty", file);
      }
      if (root.get() instanceof MappingNode mapping) {
        return new YamlMap(file, "", mapping);
      }
      throw Mistake.of("%s:%d: must begin with a key such as 'name:'", file, lineOf(root.get()));
    } catch (MarkedYamlEngineException e) {
      int at = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw Mistake.of("%s:%d: not YAML: %s", file, at, e.getProblem());
    } catch (YamlEngineException e) {
      throw Mistake.of("%s: not YAML: %s", file, e);
    }
  }

  /// Refuses keys that are not in `known`.
  YamlMap only(String... known) throws Mistake {
    List<String> all = List.of(known);
    for (String key : values.keySet()) {
      if (!all.contains(key)) {
        String hint = Nearest.hint(key, all);
        String remedy = hint.isEmpty() ? ", known are " + String.join(", ", all) : hint;
        throw at(keyLine(key), "unknown key '%s'%s".formatted(full(key), remedy));
      }
    }
    return this;
  }

  /// A whole number of a machine word's half.
  int number(String key, int otherwise) throws Mistake {
    long number = integer(key, otherwise);
    if (number != (int) number) {
      throw wrong(key, "must be a whole number below 2^31, was " + number);
    }
    return (int) number;
  }

  List<String> keys() {
    return List.copyOf(values.keySet());
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  YamlMap map(String key) throws Mistake {
    if (need(key) instanceof MappingNode mapping && full(key).split("\\.", -1).length < DEPTH_MAX) {
      return new YamlMap(file, full(key), mapping);
    }
    throw wrong(key, "must hold keys of its own, was " + shown(need(key)));
  }

  boolean isList(String key) {
    return values.get(key) instanceof SequenceNode;
  }

  boolean isMap(String key) {
    return values.get(key) instanceof MappingNode;
  }

  String text(String key) throws Mistake {
    return scalar(key, need(key), "text");
  }

  String text(String key, String otherwise) throws Mistake {
    return has(key) ? text(key) : otherwise;
  }

  boolean flag(String key, boolean otherwise) throws Mistake {
    if (!has(key)) {
      return otherwise;
    }
    if (need(key) instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
      return scalar.getValue().equals("true");
    }
    throw wrong(key, "must be true or false, was " + shown(need(key)));
  }

  /// A whole number; its bounds are its user's matter.
  long integer(String key) throws Mistake {
    return integer(key, need(key));
  }

  long integer(String key, long otherwise) throws Mistake {
    return has(key) ? integer(key) : otherwise;
  }

  List<Long> integers(String key) throws Mistake {
    List<Long> numbers = new ArrayList<>();
    for (Node item : list(key, "a list of whole numbers, such as [1, 2]")) {
      numbers.add(integer(key, item));
    }
    return numbers;
  }

  double decimal(String key, double otherwise) throws Mistake {
    return has(key) ? decimal(key, need(key)) : otherwise;
  }

  List<Double> decimals(String key) throws Mistake {
    List<Double> numbers = new ArrayList<>();
    for (Node item : list(key, "a list of numbers, such as [0.9, 0.99]")) {
      numbers.add(decimal(key, item));
    }
    return numbers;
  }

  List<String> texts(String key) throws Mistake {
    if (need(key) instanceof ScalarNode) {
      return List.of(text(key));
    }
    List<String> texts = new ArrayList<>();
    for (Node item : list(key, "a list")) {
      texts.add(scalar(key, item, "text"));
    }
    return texts;
  }

  /// A mistake about the value of `key`, at its line.
  Mistake wrong(String key, String words) {
    return at(keyLine(key), "%s %s".formatted(full(key), words));
  }

  /// The line of a key of this mapping, or the mapping's own.
  int keyLine(String key) {
    return keyLines.getOrDefault(key, line);
  }

  private Mistake at(int line, String words) {
    return Mistake.of("%s:%d: %s", file, line, words);
  }

  private Node need(String key) throws Mistake {
    Node value = values.get(key);
    if (value == null) {
      throw at(line, "%s is missing".formatted(full(key)));
    }
    return value;
  }

  private List<Node> list(String key, String what) throws Mistake {
    if (need(key) instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    throw wrong(key, "must be %s, was %s".formatted(what, shown(need(key))));
  }

  private String scalar(String key, Node node, String what) throws Mistake {
    if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
      return scalar.getValue();
    }
    throw wrong(key, "must be %s, was %s".formatted(what, shown(node)));
  }

  private long integer(String key, Node node) throws Mistake {
    String digits = scalar(key, node, "a whole number").replace("_", "");
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw wrong(key, "must be a whole number, was " + shown(node));
    }
  }

  private double decimal(String key, Node node) throws Mistake {
    String digits = scalar(key, node, "a number");
    if (digits.length() <= 40 && digits.matches("[-+]?[0-9]*\\.?[0-9]+([eE][-+]?[0-9]+)?")) {
      return Double.parseDouble(digits);
    }
    throw wrong(key, "must be a number, was " + shown(node));
  }

  private static String shown(Node node) {
    return switch (node) {
      case ScalarNode scalar when scalar.getTag().equals(Tag.NULL) -> "nothing";
      case ScalarNode scalar -> "'" + scalar.getValue() + "'";
      case SequenceNode _ -> "a list";
      default -> "a mapping";
    };
  }

  private String full(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static int lineOf(Node node) {
    return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }
}
