package nimble.vm.hf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.FuzzTarget;
import nimble.vm.text.ByteTokenizer;
import nimble.vm.text.ChatTemplate;
import nimble.vm.text.Message;
import nimble.vm.text.Packing;
import nimble.vm.text.TextForm;
import org.junit.jupiter.api.Test;

/// What of other people's model folders is read.
public final class FuzzTest {
  private static final int LINE_MAX = 1 << 10;

  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.loose("Safetensors", FuzzTest::header, FuzzTest::file),
          FuzzTarget.loose("ShardIndex", TensorFolder::index, FuzzTest::index),
          FuzzTarget.through("ModelConfig", FuzzTest::config),
          FuzzTarget.through("Conversation", FuzzTest::conversation),
          FuzzTarget.through("InstructionLines", FuzzTest::instructions),
          FuzzTarget.through("TokenizerConfig", FuzzTest::tokenizerConfig));

  private static Bytes conversation(Bytes input) throws Malformed {
    String line = new String(input.toArray(), StandardCharsets.UTF_8);
    List<Message> messages = InstructionFile.conversation("fuzz", line);
    if (messages.isEmpty()) {
      throw new AssertionError("a conversation of nobody");
    }
    return input;
  }

  /// A file of them: what is taken is in the rows.
  private static Bytes instructions(Bytes input) throws Malformed {
    Packing packing = new Packing(new ByteTokenizer(), 64);
    Lines lines = Lines.of("fuzz", new ByteArrayInputStream(input.toArray()), LINE_MAX);
    try (InstructionFile file = InstructionFile.of(lines, ChatTemplate.PLAIN)) {
      for (var next = file.next(); next.isPresent(); next = file.next()) {
        packing.add(next.get());
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    if (packing.conversations() < packing.rows()) {
      throw new AssertionError("rows of nobody");
    }
    return input;
  }

  /// Beside a tokenizer that is none: a folder's `tokenizer_config.json` and `config.json` alike.
  private static Bytes tokenizerConfig(Bytes input) throws Malformed {
    try {
      TextForm form =
          ModelText.of((_, _) -> Optional.of(input), Optional.empty(), _ -> new ByteTokenizer())
              .orElseThrow()
              .form();
      if (!TextForm.decode(form.encode()).equals(form)) {
        throw new AssertionError("%s comes back as another".formatted(form));
      }
      return input;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
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
