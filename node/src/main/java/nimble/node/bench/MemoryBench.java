package nimble.node.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.node.files.Json;
import nimble.training.spec.BaseSpec;
import nimble.training.spec.StageNeed;
import nimble.types.Hash;
import nimble.vm.AdamW;
import nimble.vm.Cuts;
import nimble.vm.Lora;
import nimble.vm.Metering;
import nimble.vm.ModelSpec;
import nimble.vm.Philox;
import nimble.vm.Rate;
import nimble.vm.Rotary;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.djl.DjlMachine;
import nimble.vm.gradient.Bf16;
import nimble.vm.template.Llama;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.tensor.Storage;
import nimble.vm.training.ClipFactor;
import nimble.vm.training.StageState;
import nimble.vm.training.StageTrainer;
import nimble.vm.training.StepGradient;

/// What a stage from the middle of a Llama takes of a process that holds nothing else, beside what
/// a plan says.
///
/// @param layers blocks of attention and feed-forward in the stage
/// @param lora adapters on a frozen base; otherwise all is trained
public record MemoryBench(
    int width,
    int hidden,
    int layers,
    int context,
    int rows,
    int microBatches,
    Optional<Lora> lora) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path PEAK = Path.of("/proc/self/clear_refs");
  private static final int HEAD_WIDTH = 64;
  private static final int STEPS = 3;

  public ObjectNode run() throws IOException {
    try (DjlMachine machine = new DjlMachine()) {
      // What the library and the virtual machine take for themselves.
      new MemoryBench(HEAD_WIDTH, HEAD_WIDTH, 1, 8, 1, 2, lora).steps(machine);
      return measured(machine);
    }
  }

  private ObjectNode measured(DjlMachine machine) throws IOException {
    StageSpec stage = stage();
    long parameters = stage.layers().stream().mapToLong(Metering::parameters).sum();
    long planned = need().memoryBytes();
    long before = forgetPeak();
    long base = steps(machine) - before;
    long most = resident("VmHWM") - before;
    return Json.object()
        .put("parameters", parameters)
        .put("baseBytes", base)
        .put("baseBytesPerParameter", Rates.rounded((double) base / parameters))
        .put("plannedBytes", planned)
        .put("measuredBytes", most)
        .put("measuredToPlanned", Rates.rounded((double) most / planned));
  }

  /// A model with an embedding and a block before the stage, and a block and a head behind it: so
  /// that each stage has adapters.
  private ModelSpec model() {
    int heads = Math.max(1, width / HEAD_WIDTH);
    Rotary rotary = new Rotary(10_000);
    int own = width / heads;
    Llama llama =
        new Llama(2, context, layers + 2, heads, heads, own, width, hidden, 1e-5f, rotary, false);
    return lora.map(adapters -> llama.spec().with(adapters)).orElseGet(llama::spec);
  }

  private Cuts cuts() {
    return new Cuts(List.of(3, 3 + 2 * layers));
  }

  private StageSpec stage() {
    return cuts().of(model(), rows).get(1);
  }

  private StageNeed need() {
    Optional<BaseSpec> base = lora.map(_ -> new BaseSpec(Hash.ZERO, Storage.BF16));
    return StageNeed.of(model(), base, training(), cuts()).get(1);
  }

  private TrainingSpec training() {
    int batch = rows * microBatches;
    return new TrainingSpec(
        STEPS, batch, microBatches, Rate.cosine(1e-4f, 1e-4f, 0), AdamW.USUAL, 1, new Bf16());
  }

  /// As a miner does them, with all of a step's micro-batches in flight.
  ///
  /// @return what was resident once the base was there
  private long steps(DjlMachine machine) throws IOException {
    StageSpec stage = stage();
    TrainingSpec training = training();
    int count = stage.inputBytes() / Float.BYTES;
    Bytes numbers = LittleEndian.ofFloats(Philox.of(1, "bench").normals(0, count, 0.02));
    try (StageBase base = base(stage)) {
      long resident = resident("VmRSS");
      try (StageState state = StageState.initial(stage, 1, base);
          StageTrainer trainer = new StageTrainer(machine, training, state, base)) {
        for (int step = 0; step < STEPS; step++) {
          step(trainer, training, numbers);
        }
      }
      return resident;
    }
  }

  private static StageBase base(StageSpec stage) {
    return stage.model().lora().isPresent()
        ? StageBase.patterned(stage, Bytes.ofU64(1))
        : StageBase.NONE;
  }

  private static void step(StageTrainer trainer, TrainingSpec training, Bytes numbers) {
    List<Bytes> outputs = new ArrayList<>();
    for (int i = 0; i < training.microBatches(); i++) {
      outputs.add(trainer.forward(i, numbers));
    }
    for (int i = 0; i < training.microBatches(); i++) {
      trainer.backward(i, outputs.get(i));
    }
    StepGradient gradient = trainer.gradient();
    trainer.apply(gradient, ClipFactor.of(training, List.of(gradient.squareBits())));
  }

  /// The peak begins anew.
  private static long forgetPeak() throws IOException {
    System.gc();
    Files.writeString(PEAK, "5");
    return resident("VmRSS");
  }

  private static long resident(String line) throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(text -> text.startsWith(line + ":"))
        .mapToLong(text -> Long.parseLong(text.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow(() -> new IOException(STATUS + " does not say " + line));
  }
}
