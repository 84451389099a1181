package nimble.node.files;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/// JSON as we read and write it: strict, and with the place of what is wrong.
public final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build()
          .setDefaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL));

  /// An unknown key is mostly a known one misspelt: it must be found before the known one is
  /// missed.
  private static final ObjectMapper UNKNOWN_KEYS =
      MAPPER
          .copy()
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  private Json() {}

  static JsonNode parse(String text) throws JsonProcessingException {
    return MAPPER.readTree(text);
  }

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  public static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /// Many lines, for people.
  public static String show(JsonNode node) {
    return node.toPrettyString();
  }

  /// One line, for streams.
  public static String line(JsonNode node) {
    return node.toString();
  }

  /// Any value of ours as JSON: records by their components.
  public static JsonNode of(Object value) {
    return MAPPER.valueToTree(value);
  }

  /// `file` is only for messages.
  public static <T> T read(String file, String text, Class<T> type) throws Mistake {
    checkKeys(file, text, type);
    try (JsonParser parser = MAPPER.createParser(text)) {
      T value = MAPPER.readValue(parser, type);
      if (value == null) {
        throw Mistake.of("%s holds nothing", file);
      }
      return value;
    } catch (JsonProcessingException e) {
      throw wrong(file, e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory", e);
    }
  }

  private static void checkKeys(String file, String text, Class<?> type) throws Mistake {
    try {
      UNKNOWN_KEYS.readValue(text, type);
    } catch (UnrecognizedPropertyException e) {
      throw wrong(file, e);
    } catch (JsonProcessingException e) {
      // Anything else is found again, by the strict reader.
    }
  }

  private static Mistake wrong(String file, JsonProcessingException failure) {
    String where =
        failure.getLocation() == null
            ? file
            : "%s:%d".formatted(file, failure.getLocation().getLineNr());
    if (failure instanceof UnrecognizedPropertyException unknown) {
      List<String> known = unknown.getKnownPropertyIds().stream().map(String::valueOf).toList();
      return Mistake.of(
          "%s: unknown key '%s'%s",
          file, path(unknown), Nearest.hint(unknown.getPropertyName(), known));
    }
    String what = failure.getOriginalMessage();
    if (failure instanceof MismatchedInputException missing && what.contains("creator property")) {
      return Mistake.of("%s: %s is missing", file, path(missing));
    }
    return failure instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()
        ? Mistake.of("%s: %s: %s", where, path(mapping), what)
        : Mistake.of("%s: %s", where, what);
  }

  private static String path(JsonMappingException failure) {
    return failure.getPath().stream()
        .map(step ->
            step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
        .collect(Collectors.joining())
        .replaceFirst("^\\.", "");
  }
}
