package nimble.vm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.sim.Conformance;
import nimble.types.Hash;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Storage;
import nimble.vm.text.ChatTemplate;
import nimble.vm.text.TextForm;
import org.junit.jupiter.api.Test;

/// Encodings that hashes and signatures stand for.
final class VmConformanceTest {
  private static Hash hash(int value) {
    byte[] bytes = new byte[Hash.SIZE];
    Arrays.fill(bytes, (byte) value);
    return new Hash(Bytes.wrap(bytes));
  }

  @Test
  void adapters() {
    Lora lora = new Lora(8, 16, List.of(LoraTarget.QKV, LoraTarget.DOWN), BaseForm.NF4);
    Conformance.check(VmConformanceTest.class, "Lora", lora, Lora::write, Lora::read);
    ModelSpec model = new Gpt(256, 16, 1, 2, 8, true).spec().with(lora);
    Conformance.check(
        VmConformanceTest.class, "ModelLora", model, ModelSpec::write, ModelSpec::read);
  }

  @Test
  void bases() {
    ModelSpec model = new Gpt(256, 16, 1, 2, 8, true).spec();
    List<Hash> parts = new ArrayList<>();
    for (int i = 0; i < model.layers().size(); i++) {
      parts.add(hash(i + 1));
    }
    TreeMap<String, Hash> files = new TreeMap<>();
    files.put("tokenizer.json", hash(99));
    Conformance.check(
        VmConformanceTest.class,
        "BaseModel",
        new BaseModel("gpt", model, Storage.BF16, parts, files),
        BaseModel::write,
        BaseModel::read);
  }

  @Test
  void texts() {
    Conformance.check(
        VmConformanceTest.class,
        "TextForm",
        new TextForm(hash(7), Optional.of(ChatTemplate.LLAMA3), List.of(2, 128_009)),
        TextForm::write,
        TextForm::read);
  }
}
