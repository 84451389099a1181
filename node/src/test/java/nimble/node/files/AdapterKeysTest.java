package nimble.node.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.ModelSpec;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Storage;
import org.junit.jupiter.api.Test;

final class AdapterKeysTest {
  private static final ModelSpec MODEL = new Gpt(256, 8, 2, 2, 16, true).spec();

  private static Optional<Lora> lora(String text) throws Mistake {
    YamlMap root = YamlMap.parse("job.yaml", text);
    return AdapterKeys.adapted(MODEL, root, new JobLines("job.yaml", root)).lora();
  }

  private static void refused(String text, String words) {
    Mistake mistake = assertThrows(Mistake.class, () -> lora(text));
    String said = String.valueOf(mistake.getMessage());
    assertTrue(said.contains(words), said);
  }

  @Test
  void everyKeyIsRead() throws Mistake {
    assertEquals(Optional.empty(), lora("base: there\n"));
    assertEquals(
        Optional.of(new Lora(16, 32, List.of(LoraTarget.QKV), BaseForm.FP32)),
        lora("base: there\nlora: {r: 16}\n"));
    assertEquals(
        Optional.of(
            new Lora(
                4,
                8,
                0.05f,
                List.of(LoraTarget.OUT, LoraTarget.DOWN, LoraTarget.UP),
                new BaseForm(Storage.NF4, false, 128))),
        lora(
            """
            base: there
            lora:
              r: 4
              alpha: 8
              dropout: 0.05
              target_modules: [c_proj, c_fc]
            quantization:
              type: nf4
              double: false
              block: 128
            """));
  }

  @Test
  void whatIsWrongIsSaidAtItsLine() {
    refused("lora: {r: 4}\n", "needs a base");
    refused("base: there\nquantization: {type: nf4}\n", "is for adapters");
    refused("base: there\nlora:\n  dropout: 1\n", "job.yaml:3: lora.dropout must be between");
    refused("base: there\nlora: {target_modules: [x]}\n", "was 'x'");
    refused("base: there\nlora: {target_modules: [q_proj]}\n", "what this model has, was q_proj");
    refused("base: there\nlora: {r: 4}\nquantization: {type: int4}\n", "must be nf4, bf16 or fp32");
    refused("base: there\nlora: {r: 4}\nquantization: {block: 65}\n", "a power of two");
  }
}
