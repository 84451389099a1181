package nimble.vm.hf;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.DecodeSession;
import nimble.vm.Layout;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.LittleEndian;

/// The folders that `scripts/golden` makes: small models and what the library computes with them.
final class Golden {
  static final List<String> MODELS = List.of("gpt2", "llama", "mistral", "qwen2", "llama3");

  private static final String LOGITS = "golden.safetensors";

  private Golden() {}

  static Path folder(String name) {
    try {
      return Path.of(Objects.requireNonNull(Golden.class.getResource("/hf/" + name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static ModelFolder open(String name) throws Malformed, IOException {
    return ModelFolder.open(folder(name), Optional.empty());
  }

  /// The largest difference from the folder's known logits, as a part of the largest of them.
  ///
  /// @param loaded closed here
  static double error(Path known, StageProgram loaded) throws Malformed, IOException {
    try (TensorFolder golden = TensorFolder.ofFile(known.resolve(LOGITS));
        StageProgram program = loaded) {
      float[] ids = all(golden, "ids");
      float[] expected = all(golden, "logits");
      int classes = expected.length / ids.length;
      double largest = 0;
      double off = 0;
      try (DecodeSession session = program.decode()) {
        for (int place = 0; place < ids.length; place++) {
          Bytes id = LittleEndian.ofInts(new int[] {(int) ids[place]});
          float[] found = LittleEndian.floats(session.append(id));
          for (int i = 0; i < classes; i++) {
            float wanted = expected[place * classes + i];
            largest = Math.max(largest, Math.abs(wanted));
            off = Math.max(off, Math.abs((double) wanted - found[i]));
          }
        }
      }
      return off / largest;
    }
  }

  private static float[] all(TensorFolder file, String name) {
    Numbers numbers = file.tensor(name).orElseThrow().numbers();
    float[] all = new float[(int) numbers.count()];
    numbers.get(0, all, all.length);
    return all;
  }

  /// Weights of a folder's whole model.
  static Floats weights(ModelFolder folder) {
    StageSpec whole = folder.spec().whole(1);
    Floats weights = Floats.zeros(Layout.of(whole).count());
    folder.load(whole, weights);
    return weights;
  }

  /// With the known logits beside it, for checks by the library itself.
  static void copyLogits(Path from, Path to) throws IOException {
    Files.copy(from.resolve(LOGITS), to.resolve(LOGITS));
  }
}
