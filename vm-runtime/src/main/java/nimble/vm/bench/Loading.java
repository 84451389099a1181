package nimble.vm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.codec.Malformed;
import nimble.vm.Curve;
import nimble.vm.Layer;
import nimble.vm.Layout;
import nimble.vm.ModelSpec;
import nimble.vm.Rotary;
import nimble.vm.StageSpec;
import nimble.vm.hf.Dtype;
import nimble.vm.hf.ModelExport;
import nimble.vm.hf.ModelFolder;
import nimble.vm.hf.StageWeights;
import nimble.vm.hf.Tokens;
import nimble.vm.tensor.Floats;

/// A model folder of about a gigabyte, loaded into memory, beside `cp` of the same folder: both
/// from the page cache, the middle of several times.
public final class Loading {
  private static final int TIMES = 5;
  private static final long SHARD_BYTES = 400_000_000;

  private Loading() {}

  public static void main(String[] arguments) throws Exception {
    Path work = Files.createTempDirectory("nimble-loading");
    try {
      String json = run(work);
      System.out.println(json);
      if (arguments.length == 2 && arguments[0].equals("--json")) {
        Files.writeString(Path.of(arguments[1]), json + "\n");
      }
    } finally {
      delete(work);
    }
  }

  private static String run(Path work) throws IOException, Malformed, InterruptedException {
    Path folder = Files.createDirectory(work.resolve("model"));
    write(folder);
    List<Double> copies = new ArrayList<>();
    List<Double> loads = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < TIMES; i++) {
      copies.add(copy(folder, work.resolve("copy")));
      long start = System.nanoTime();
      bytes = load(folder);
      loads.add((System.nanoTime() - start) / 1e9);
      System.err.printf(Locale.ROOT, "cp %.2f s, load %.2f s%n", copies.getLast(), loads.getLast());
    }
    double copy = middle(copies);
    double load = middle(loads);
    return String.format(
        Locale.ROOT,
        "{\"bytes\": %d, \"cpSeconds\": %.3f, \"loadSeconds\": %.3f, \"loadToCp\": %.2f}",
        bytes,
        copy,
        load,
        load / copy);
  }

  private static void write(Path folder) throws IOException, Malformed {
    ModelSpec spec = llama(32_000, 1_024, 2_816, 16);
    StageSpec whole = spec.whole(1);
    int count = Layout.of(whole).count();
    float[] run = new float[1 << 16];
    for (int i = 0; i < run.length; i++) {
      run[i] = (float) StrictMath.sin(i);
    }
    try (Floats weights = Floats.zeros(count)) {
      for (int at = 0; at < count; at += run.length) {
        weights.put(at, run, Math.min(run.length, count - at));
      }
      StageWeights stage = new StageWeights(whole, Dtype.F32, weights.segment());
      ModelExport.of(spec, List.of(stage), Dtype.F32, SHARD_BYTES)
          .write(folder, new Tokens.None(), _ -> {});
    }
  }

  private static ModelSpec llama(int vocabulary, int width, int hidden, int layers) {
    var rotary = Optional.of(new Rotary(10_000));
    var attention = new Layer.GroupedAttention(width, 16, 16, width / 16, false, false, rotary);
    List<Layer> list = new ArrayList<>();
    list.add(new Layer.Embedding(vocabulary, 0, width));
    for (int i = 0; i < layers; i++) {
      list.add(residual(width, attention));
      list.add(residual(width, new Layer.GatedFeedForward(width, hidden, Curve.SILU, false)));
    }
    list.add(new Layer.RmsNorm(width, 1e-6f));
    list.add(new Layer.LanguageHead(width, vocabulary));
    return new ModelSpec(1_024, list);
  }

  private static Layer residual(int width, Layer body) {
    return new Layer.Residual(List.of(new Layer.RmsNorm(width, 1e-6f), body));
  }

  private static double copy(Path folder, Path to) throws IOException, InterruptedException {
    delete(to);
    long start = System.nanoTime();
    int code = new ProcessBuilder("cp", "-r", folder.toString(), to.toString()).start().waitFor();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (code != 0) {
      throw new IOException("cp ended with " + code);
    }
    return seconds;
  }

  private static long load(Path folder) throws IOException, Malformed {
    try (ModelFolder model = ModelFolder.open(folder, Optional.empty())) {
      StageSpec whole = model.spec().whole(1);
      try (Floats weights = Floats.zeros(Layout.of(whole).count())) {
        model.load(whole, weights);
        return model.bytes();
      }
    }
  }

  private static double middle(List<Double> seconds) {
    return seconds.stream().sorted().toList().get(seconds.size() / 2);
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> paths = Files.walk(folder)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
