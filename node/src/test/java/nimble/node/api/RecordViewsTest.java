package nimble.node.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.ModelSettings;
import nimble.vm.Precision;
import nimble.vm.tensor.BaseForm;
import org.junit.jupiter.api.Test;

final class RecordViewsTest {
  @Test
  void whatIsTrainedIsNamedAsItWasAskedFor() {
    assertEquals(
        "context 64, fp32, dropout 0.1",
        RecordViews.settings(new ModelSettings(64, Precision.FP32, 0.1f, Optional.empty())));
    Lora lora =
        new Lora(
            8,
            16,
            0.05f,
            List.of(LoraTarget.Q, LoraTarget.OUT, LoraTarget.UP, LoraTarget.DOWN),
            BaseForm.NF4);
    assertEquals(
        "context 64, bf16, dropout 0.0; lora r 8, alpha 16.0, dropout 0.05, target modules"
            + " q_proj o_proj up_proj down_proj, base in nf4, blocks of 64, double",
        RecordViews.settings(new ModelSettings(64, Precision.BF16, 0, Optional.of(lora))));
  }
}
