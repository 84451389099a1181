package nimble.vm.hf;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;

/// An object of somebody else's JSON, read strictly: what is asked for must be there, of its kind
/// and within its bounds, or the message says which key of which file is wrong (H1).
final class JsonObject {
  private static final int DEPTH_MAX = 16;
  private static final int STRING_MAX = 1 << 20;
  private static final int NUMBER_MAX = 64;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH_MAX)
                          .maxStringLength(STRING_MAX)
                          .maxNumberLength(NUMBER_MAX)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(SerializationFeature.INDENT_OUTPUT);

  private static final ObjectReader READER = MAPPER.readerFor(JsonNode.class);
  private static final ObjectWriter COMPACT =
      MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT);

  private final String file;
  private final String path;
  private final JsonNode node;

  private JsonObject(String file, String path, JsonNode node) {
    this.file = file;
    this.path = path;
    this.node = node;
  }

  /// @param file for messages
  static JsonObject parse(String file, Bytes text) throws Malformed {
    JsonNode node;
    try {
      node = READER.readTree(text.toArray());
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new Malformed("%s:%d: %s".formatted(file, line, e.getOriginalMessage()));
    } catch (IOException e) {
      throw new Malformed("%s: %s".formatted(file, e.getMessage()));
    }
    if (node == null || !node.isObject()) {
      throw new Malformed("%s: must be a JSON object".formatted(file));
    }
    return new JsonObject(file, "", node);
  }

  static ObjectNode create() {
    return MAPPER.createObjectNode();
  }

  /// Many lines, for people.
  static String show(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree in memory cannot be written", e);
    }
  }

  /// As short as can be.
  static Bytes compact(JsonNode node) {
    try {
      return Bytes.wrap(COMPACT.writeValueAsBytes(node));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree in memory cannot be written", e);
    }
  }

  List<String> keys() {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  int size() {
    return node.size();
  }

  /// It is there and not `null`.
  boolean has(String key) {
    return node.hasNonNull(key);
  }

  boolean isList(String key) {
    return node.path(key).isArray();
  }

  JsonObject object(String key) throws Malformed {
    JsonNode found = need(key);
    if (!found.isObject()) {
      throw wrong(key, "an object");
    }
    return new JsonObject(file, path + key + ".", found);
  }

  Optional<JsonObject> optionalObject(String key) throws Malformed {
    return has(key) ? Optional.of(object(key)) : Optional.empty();
  }

  String text(String key) throws Malformed {
    JsonNode found = need(key);
    if (!found.isTextual()) {
      throw wrong(key, "a text");
    }
    return found.textValue();
  }

  String text(String key, String otherwise) throws Malformed {
    return has(key) ? text(key) : otherwise;
  }

  boolean flag(String key, boolean otherwise) throws Malformed {
    if (!has(key)) {
      return otherwise;
    }
    if (!need(key).isBoolean()) {
      throw wrong(key, "true or false");
    }
    return need(key).booleanValue();
  }

  int integer(String key, int min, int max) throws Malformed {
    JsonNode found = need(key);
    if (!found.isIntegralNumber()
        || !found.canConvertToInt()
        || found.intValue() < min
        || found.intValue() > max) {
      throw wrong(key, "a whole number between %d and %d".formatted(min, max));
    }
    return found.intValue();
  }

  int integer(String key, int min, int max, int otherwise) throws Malformed {
    return has(key) ? integer(key, min, max) : otherwise;
  }

  double decimal(String key, double min, double max) throws Malformed {
    JsonNode found = need(key);
    double value = found.doubleValue();
    if (!found.isNumber() || !(value >= min && value <= max)) {
      throw wrong(key, "a number between %s and %s".formatted(min, max));
    }
    return value;
  }

  double decimal(String key, double min, double max, double otherwise) throws Malformed {
    return has(key) ? decimal(key, min, max) : otherwise;
  }

  /// Whole numbers ≥ 0.
  List<Long> longs(String key, int countMax) throws Malformed {
    JsonNode found = need(key);
    List<Long> longs = new ArrayList<>();
    boolean fits = found.isArray() && found.size() <= countMax;
    for (int i = 0; fits && i < found.size(); i++) {
      JsonNode item = found.get(i);
      fits = item.isIntegralNumber() && item.canConvertToLong() && item.longValue() >= 0;
      longs.add(item.longValue());
    }
    if (!fits) {
      throw wrong(key, "a list of at most %d whole numbers from 0 on".formatted(countMax));
    }
    return longs;
  }

  /// Whole numbers between 0 and `max`.
  List<Integer> integers(String key, int countMax, int max) throws Malformed {
    List<Long> found = longs(key, countMax);
    if (found.stream().anyMatch(it -> it > max)) {
      throw wrong(key, "a list of whole numbers between 0 and %d".formatted(max));
    }
    return found.stream().map(Long::intValue).toList();
  }

  List<String> texts(String key, int countMax) throws Malformed {
    JsonNode found = need(key);
    List<String> texts = new ArrayList<>();
    boolean fits = found.isArray() && found.size() <= countMax;
    for (int i = 0; fits && i < found.size(); i++) {
      fits = found.get(i).isTextual();
      texts.add(found.get(i).asText());
    }
    if (!fits) {
      throw wrong(key, "a list of at most %d texts".formatted(countMax));
    }
    return texts;
  }

  /// Objects in a list, each with its place in its messages.
  List<JsonObject> objects(String key, int countMax) throws Malformed {
    JsonNode found = need(key);
    List<JsonObject> objects = new ArrayList<>();
    boolean fits = found.isArray() && found.size() <= countMax;
    for (int i = 0; fits && i < found.size(); i++) {
      fits = found.get(i).isObject();
      objects.add(new JsonObject(file, "%s%s[%d].".formatted(path, key, i), found.get(i)));
    }
    if (!fits) {
      throw wrong(key, "a list of at most %d objects".formatted(countMax));
    }
    return objects;
  }

  /// All values, which must be texts, in the order of the file.
  List<Map.Entry<String, String>> allTexts() throws Malformed {
    List<Map.Entry<String, String>> all = new ArrayList<>();
    for (String key : keys()) {
      all.add(Map.entry(key, text(key)));
    }
    return all;
  }

  Malformed wrong(String key, String allowed) {
    String was = node.has(key) ? compactText(node.get(key)) : "not there";
    return new Malformed("%s: %s%s must be %s, was %s".formatted(file, path, key, allowed, was));
  }

  private JsonNode need(String key) throws Malformed {
    JsonNode found = node.get(key);
    if (found == null || found.isNull()) {
      throw new Malformed("%s: %s%s is missing".formatted(file, path, key));
    }
    return found;
  }

  private static String compactText(JsonNode value) {
    String text = value.toString();
    int most = 60;
    return text.length() <= most
        ? text
        : String.format(Locale.ROOT, "%s… (%d characters)", text.substring(0, most), text.length());
  }
}
