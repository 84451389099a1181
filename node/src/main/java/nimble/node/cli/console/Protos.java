package nimble.node.cli.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import nimble.node.files.Json;

/// Answers of the API as JSON documents: members as in the API's own JSON, amounts as strings, raw
/// bytes left out.
public final class Protos {
  private Protos() {}

  /// A message within a message is an object, or left out where it is not set.
  public static ObjectNode json(Message message) {
    ObjectNode json = Json.object();
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.BYTE_STRING) {
        continue;
      }
      Object value = message.getField(field);
      if (field.isRepeated()) {
        var list = json.putArray(field.getJsonName());
        ((List<?>) value).forEach(item -> list.add(node(item)));
      } else if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
          || message.hasField(field)) {
        json.set(field.getJsonName(), node(value));
      }
    }
    return json;
  }

  /// A loss that is not known yet is null.
  private static JsonNode node(Object value) {
    return switch (value) {
      case Message message -> json(message);
      case Long number -> Json.of(Long.toString(number));
      case Float number when number.isNaN() -> NullNode.getInstance();
      default -> Json.of(value);
    };
  }
}
