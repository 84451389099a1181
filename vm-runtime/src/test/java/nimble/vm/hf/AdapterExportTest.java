package nimble.vm.hf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import nimble.blob.Blob;
import nimble.vm.BaseModel;
import nimble.vm.Layout;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.djl.DjlMachine;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Floats;
import nimble.vm.tensor.ParameterTensor;
import nimble.vm.tensor.Storage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Adapters that PEFT made give the same logits here, and written here they are the same to PEFT.
final class AdapterExportTest {
  private static final List<String> GPT2 = List.of("c_attn", "c_fc", "c_proj");
  private static final List<String> LLAMA = List.of("q_proj", "v_proj", "down_proj");

  @TempDir private Path temporary;

  @Test
  void h7AdaptersAreTheSameBothWays() throws Exception {
    for (String name : List.of("gpt2", "llama")) {
      Path golden = Golden.folder(name + "/adapter");
      List<LoraTarget> targets =
          (name.equals("gpt2") ? GPT2 : LLAMA)
              .stream().flatMap(it -> LoraTarget.ofName(it).stream()).toList();
      Lora lora = new Lora(4, 8, targets, BaseForm.FP32);
      try (ModelFolder model = Golden.open(name)) {
        ModelSpec spec = model.spec().with(lora);
        StageSpec whole = spec.whole(1);
        try (StageBase base = base(model, whole);
            Floats adapters = Floats.zeros(Layout.of(whole).count());
            TensorFolder file = TensorFolder.ofFile(golden.resolve(AdapterNames.WEIGHTS))) {
          Path to = Files.createDirectories(temporary.resolve(name));
          StageWeights stage = new StageWeights(whole, Dtype.F32, adapters.segment());
          fill(adapters, file, AdapterExport.of(spec, List.of(stage), name), whole);
          for (Machine machine : List.of(new ReferenceMachine(), new DjlMachine())) {
            double error = Golden.error(golden, machine.load(whole, adapters, base));
            machine.close();
            assertTrue(error <= 1e-4, "%s: %s".formatted(name, error));
          }
          AdapterExport.of(spec, List.of(stage), name).write(to, _ -> {});
          Golden.copyLogits(golden, to);
          TransformersTest.run("adapter", List.of(to, Golden.folder(name)));
        }
      }
    }
  }

  private static StageBase base(ModelFolder model, StageSpec whole) throws Exception {
    StageBase base = StageBase.of(whole, Storage.FP32);
    List<Blob> parts = new ArrayList<>();
    BaseModel.pack("base", model.spec(), Storage.FP32, new TreeMap<>(), model::load, parts::add);
    for (Blob part : parts) {
      base.take(part.whole());
    }
    return base;
  }

  /// The golden adapters, to where the export says that they are.
  private static void fill(
      Floats adapters, TensorFolder file, AdapterExport export, StageSpec whole) {
    List<ParameterTensor> ours = Layout.of(whole).tensors();
    List<String> theirs = export.names();
    assertEquals(file.tensors().size(), theirs.size());
    for (int i = 0; i < ours.size(); i++) {
      Numbers numbers = file.tensor(theirs.get(i)).orElseThrow().numbers();
      long at = (long) ours.get(i).offset() * Float.BYTES;
      numbers.copyTo(adapters.segment().asSlice(at, numbers.count() * Float.BYTES));
    }
  }
}
