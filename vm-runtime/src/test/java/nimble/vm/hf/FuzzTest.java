package nimble.vm.hf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.FuzzTarget;
import nimble.vm.text.Message;
import org.junit.jupiter.api.Test;

/// What of other people's model folders is read.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.loose("Safetensors", FuzzTest::header, FuzzTest::file),
          FuzzTarget.loose("ShardIndex", TensorFolder::index, FuzzTest::index),
          FuzzTarget.through("ModelConfig", FuzzTest::config),
          FuzzTarget.through("Conversation", FuzzTest::conversation));

  private static Bytes conversation(Bytes input) throws Malformed {
    String line = new String(input.toArray(), StandardCharsets.UTF_8);
    List<Message> messages = InstructionFile.conversation("fuzz", line);
    if (messages.isEmpty()) {
      throw new AssertionError("a conversation of nobody");
    }
    return input;
  }

  private static SafetensorsHeader header(Bytes input) throws Malformed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment whole = MemorySegment.ofArray(input.toArray());
      SafetensorsHeader header = SafetensorsFile.of("fuzz", whole, arena).header();
      return header;
    }
  }

  private static Bytes file(SafetensorsHeader header) {
    long bytes = header.tensors().stream().mapToLong(TensorEntry::bytes).sum();
    return Bytes.concat(header.encode(), Bytes.wrap(new byte[Math.toIntExact(bytes)]));
  }

  private static Bytes index(Map<String, String> places) {
    ObjectNode all = JsonObject.create();
    places.forEach(all.putObject("weight_map")::put);
    return JsonObject.compact(all);
  }

  /// What is taken is a model, and written again it is the same model.
  private static Bytes config(Bytes input) throws Malformed {
    Shape shape = shape(input);
    if (!shape.problems().isEmpty()) {
      throw new Malformed(shape.problems().getFirst().toString());
    }
    boolean counted = shape.placements(true).stream().allMatch(it -> it.count() > 0);
    Shape again = shape(JsonObject.compact(shape.config(true)));
    if (!counted || !again.layerList().equals(shape.layerList())) {
      throw new AssertionError("%s comes back as %s".formatted(shape, again));
    }
    return input;
  }

  private static Shape shape(Bytes input) throws Malformed {
    JsonObject config = JsonObject.parse("config.json", input);
    return Family.of(config).shape(config, Optional.empty());
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyReaderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}
