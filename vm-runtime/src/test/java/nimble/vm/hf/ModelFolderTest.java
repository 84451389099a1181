package nimble.vm.hf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.Layout;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.StageSpec;
import nimble.vm.djl.DjlMachine;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.template.Gpt;
import nimble.vm.template.Mlp;
import nimble.vm.tensor.Floats;
import nimble.vm.training.StageState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelFolderTest {
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path temporary;

  @Test
  void h5LogitsAgreeOnBothMachines() throws Exception {
    for (String name : Golden.MODELS) {
      try (ModelFolder folder = Golden.open(name);
          Floats weights = Golden.weights(folder);
          Machine fast = new DjlMachine();
          Machine reference = new ReferenceMachine()) {
        StageSpec whole = folder.spec().whole(1);
        for (Machine machine : List.of(reference, fast)) {
          double error = Golden.error(Golden.folder(name), machine.load(whole, weights));
          assertTrue(error <= TOLERANCE, "%s on %s: %s".formatted(name, machine.getClass(), error));
        }
      }
    }
  }

  @Test
  void h5StagesGetTheirPartOfTheWeights() throws Exception {
    try (ModelFolder folder = Golden.open("gpt2");
        Floats whole = Golden.weights(folder)) {
      StageSpec middle = new StageSpec(folder.spec(), 2, 5, 1);
      Layout all = Layout.of(folder.spec().whole(1));
      try (Floats part = Floats.zeros(Layout.of(middle).count())) {
        folder.load(middle, part);
        int from = all.tensors().get(Layout.of(middle).tensors().getFirst().number()).offset();
        assertEquals(whole.bytes(from, part.count()), part.bytes(0, part.count()));
      }
    }
  }

  @Test
  void h6WhatIsWrittenIsReadAsTheSameBits() throws Exception {
    for (String name : Golden.MODELS) {
      try (ModelFolder folder = Golden.open(name);
          Floats weights = Golden.weights(folder)) {
        Path to = export(folder.spec(), weights, name, 20_000);
        try (ModelFolder again = ModelFolder.open(to, Optional.empty());
            Floats same = Golden.weights(again)) {
          assertEquals(folder.spec(), again.spec());
          // Within its window Mistral is Llama.
          String written = folder.architecture().replace("Mistral", "Llama");
          assertEquals(written, again.architecture());
          assertEquals(folder.tied(), again.tied());
          assertEquals(weights.bytes(0, weights.count()), same.bytes(0, same.count()));
        }
      }
    }
  }

  @Test
  void h6OurOwnTemplateIsWrittenWithZerosForBiases() throws Exception {
    ModelSpec spec = new Gpt(256, 8, 2, 2, 16, false).spec();
    StageSpec whole = spec.whole(1);
    try (StageState state = StageState.initial(whole, 7)) {
      Path written = export(spec, state.weights(), "own", ModelExport.SHARD_BYTES);
      try (ModelFolder again = ModelFolder.open(written, Optional.empty());
          Floats weights = Golden.weights(again)) {
        assertEquals("GPT2LMHeadModel", again.architecture());
        assertEquals(new Gpt(256, 8, 2, 2, 16, true).spec(), again.spec());
        assertEquals(false, again.tied());
        assertEquals(state.weights().bytes(0, 256 * 16), weights.bytes(0, 256 * 16));
      }
    }
  }

  @Test
  void h6NarrowNumbersAreRounded() throws Exception {
    try (ModelFolder folder = Golden.open("gpt2");
        Floats weights = Golden.weights(folder)) {
      for (Dtype dtype : List.of(Dtype.BF16, Dtype.F16)) {
        StageWeights stage = new StageWeights(folder.spec().whole(1), Dtype.F32, weights.segment());
        Path to = Files.createDirectory(temporary.resolve(dtype.name()));
        ModelExport.of(folder.spec(), List.of(stage), dtype, ModelExport.SHARD_BYTES)
            .write(to, new Tokens.None(), _ -> {});
        try (ModelFolder again = ModelFolder.open(to, Optional.empty());
            Floats near = Golden.weights(again)) {
          for (int i = 0; i < weights.count(); i++) {
            float was = weights.toArray(i, 1)[0];
            float expected =
                dtype == Dtype.F16
                    ? Float.float16ToFloat(Float.floatToFloat16(was))
                    : Float.intBitsToFloat(SafetensorsWriter.bf16(was) << 16);
            assertEquals(expected, near.toArray(i, 1)[0]);
            assertEquals(was, expected, Math.abs(was) / 256);
          }
        }
      }
    }
  }

  @Test
  void h6OtherModelsHaveNoForm() {
    ModelSpec mlp = new Mlp(5, 2, 7, 3).spec();
    try (StageState state = StageState.initial(mlp.whole(1), 1)) {
      StageWeights stage = new StageWeights(mlp.whole(1), Dtype.F32, state.weights().segment());
      Malformed refused =
          assertThrows(
              Malformed.class,
              () -> ModelExport.of(mlp, List.of(stage), Dtype.F32, ModelExport.SHARD_BYTES));
      assertTrue(refused.reason().contains("has no form"), refused.reason());
    }
  }

  /// As that library has it, whatever the config says.
  @Test
  void h5AHeadOfItsOwnIsNotTied() throws Exception {
    try (ModelFolder folder = Golden.open("llama");
        Floats weights = Golden.weights(folder)) {
      assertEquals(false, folder.tied());
      Path to = export(folder.spec(), weights, "llama", ModelExport.SHARD_BYTES);
      Path config = to.resolve("config.json");
      String tied = "\"tie_word_embeddings\" : ";
      Files.writeString(config, Files.readString(config).replace(tied + "false", tied + "true"));
      try (ModelFolder again = ModelFolder.open(to, Optional.empty());
          Floats same = Golden.weights(again)) {
        assertEquals(false, again.tied());
        assertEquals(weights.bytes(0, weights.count()), same.bytes(0, same.count()));
      }
    }
  }

  @Test
  void h4PicklesAreRefusedWithTheRemedy() throws Exception {
    Files.copy(Golden.folder("gpt2").resolve("config.json"), temporary.resolve("config.json"));
    Files.writeString(temporary.resolve("pytorch_model.bin"), "never read");
    String reason = refused();
    assertTrue(reason.contains("pytorch_model.bin"), reason);
    assertTrue(reason.contains("safe_serialization=True"), reason);
  }

  @Test
  void h5UnknownArchitecturesAreRefusedByName() throws Exception {
    Files.writeString(
        temporary.resolve("config.json"), "{\"architectures\": [\"T5ForConditionalGeneration\"]}");
    String reason = refused();
    assertTrue(reason.contains("T5ForConditionalGeneration is not known here"), reason);
    assertTrue(reason.contains("GPT2LMHeadModel"), reason);
  }

  @Test
  void h5MissingAndUnknownTensorsAreRefused() throws Exception {
    Files.copy(Golden.folder("gpt2").resolve("config.json"), temporary.resolve("config.json"));
    Path file = temporary.resolve("model.safetensors");
    write(file, List.of(new TensorEntry("wte.weight", Dtype.F32, List.of(64L, 16L), 0)));
    assertTrue(refused().contains("transformer.wpe.weight is missing"), refused());
    Files.delete(file);
    write(file, List.of(new TensorEntry("wte.weight", Dtype.F32, List.of(16L, 64L), 0)));
    assertTrue(refused().contains("must be of shape [64, 16]"), refused());
  }

  /// GPT-2's older folders have a mask in each layer, of whatever type the library had for one.
  @Test
  void h2MasksArePassedOverAndAreNoWeights() throws Exception {
    try (ModelFolder folder = Golden.open("gpt2");
        Floats weights = Golden.weights(folder)) {
      StageWeights stage = new StageWeights(folder.spec().whole(1), Dtype.F32, weights.segment());
      ModelExport.of(folder.spec(), List.of(stage), Dtype.BF16, ModelExport.SHARD_BYTES)
          .write(temporary, new Tokens.None(), _ -> {});
    }
    Path file = temporary.resolve("model.safetensors");
    Bytes whole = Bytes.wrap(Files.readAllBytes(file));
    long bytes;
    try (ModelFolder folder = ModelFolder.open(temporary, Optional.empty())) {
      bytes = folder.bytes();
    }
    for (String type : List.of("BOOL", "U8")) {
      Files.write(file, with("transformer.h.0.attn.bias", type, whole).toArray());
      try (ModelFolder folder = ModelFolder.open(temporary, Optional.empty())) {
        assertTrue(folder.isNarrow());
        assertEquals(bytes, folder.bytes());
      }
      Files.write(file, with("transformer.h.0.attn.scale", type, whole).toArray());
      assertTrue(refused().contains("attn.scale is no part of"), refused());
    }
    Files.delete(file);
    String mask =
        "{\"wte.weight\":{\"dtype\":\"BOOL\",\"shape\":[64,16],\"data_offsets\":[0,1024]}}";
    Files.write(file, safetensors(mask, Bytes.wrap(new byte[1024])).toArray());
    assertTrue(refused().contains("type BOOL cannot be read"), refused());
  }

  /// With a mask of 2 × 2 behind the others.
  private static Bytes with(String name, String type, Bytes whole) {
    int data = (int) (Long.BYTES + whole.asBuffer().order(ByteOrder.LITTLE_ENDIAN).getLong(0));
    int end = whole.size() - data;
    String header = new String(whole.slice(Long.BYTES, data).toArray(), StandardCharsets.UTF_8);
    String mask =
        ",\"%s\":{\"dtype\":\"%s\",\"shape\":[1,1,2,2],\"data_offsets\":[%d,%d]}}"
            .formatted(name, type, end, end + 4);
    String longer = header.strip().replaceFirst("}$", mask);
    return safetensors(
        longer, Bytes.concat(whole.slice(data, whole.size()), Bytes.wrap(new byte[4])));
  }

  private static Bytes safetensors(String header, Bytes data) {
    Bytes json = Bytes.utf8(header);
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    length.putLong(0, json.size());
    return Bytes.concat(Bytes.wrap(length.array()), json, data);
  }

  @Test
  void h3AShardThatIsMissingIsNamed() throws Exception {
    for (String name : List.of("config.json", "model.safetensors.index.json")) {
      Files.copy(Golden.folder("mistral").resolve(name), temporary.resolve(name));
    }
    assertTrue(refused().contains("model-00001-of-00002.safetensors does not exist"), refused());
  }

  /// As transformers takes it: what was saved in one file may lie beside an older index.
  @Test
  void h3OneFileGoesBeforeAnIndex() throws Exception {
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(Golden.folder("llama").resolve(name), temporary.resolve(name));
    }
    String index = "model.safetensors.index.json";
    Files.copy(Golden.folder("mistral").resolve(index), temporary.resolve(index));
    try (ModelFolder folder = ModelFolder.open(temporary, Optional.empty())) {
      assertFalse(folder.spec().layers().isEmpty());
    }
  }

  private String refused() {
    return assertThrows(Malformed.class, () -> ModelFolder.open(temporary, Optional.empty()))
        .reason();
  }

  private static void write(Path file, List<TensorEntry> tensors) throws IOException {
    SafetensorsHeader header = SafetensorsHeader.of(tensors, Map.of());
    try (var writer = new SafetensorsWriter(file, header, _ -> {})) {
      for (TensorEntry entry : header.tensors()) {
        writer.begin(entry);
        writer.putZeros(entry.dtype(), entry.count());
      }
      writer.finish();
    }
  }

  private Path export(ModelSpec spec, Floats weights, String name, long shardBytes)
      throws Exception {
    Path to = Files.createDirectory(temporary.resolve(name));
    StageWeights stage = new StageWeights(spec.whole(1), Dtype.F32, weights.segment());
    ModelExport.of(spec, List.of(stage), Dtype.F32, shardBytes)
        .write(to, new Tokens.OfBytes(), _ -> {});
    return to;
  }
}
