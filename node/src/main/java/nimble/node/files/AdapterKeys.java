package nimble.node.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.ModelSpec;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Storage;

/// The keys `base`, `lora` and `quantization` of a job file: the imported model that training
/// begins with, the adapters that are trained on it instead, and how it lies in memory meanwhile.
final class AdapterKeys {
  private static final List<String> TARGETS = List.of("q_proj", "v_proj", "c_attn");

  private AdapterKeys() {}

  /// @param folder that the path of the base is relative to
  static Optional<ImportedModel> base(YamlMap root, Path folder) throws Mistake {
    if (!root.has("base")) {
      return Optional.empty();
    }
    Path place = folder.resolve(root.text("base"));
    try {
      return Optional.of(ImportedModel.open(place));
    } catch (IOException e) {
      throw root.wrong(
          "base",
          "must be a folder that `nbcli model import` made, was '%s'".formatted(root.text("base")));
    }
  }

  /// The model with the adapters that the file asks for.
  static ModelSpec adapted(ModelSpec model, YamlMap root, JobLines lines) throws Mistake {
    if (!root.has("lora")) {
      if (root.has("quantization")) {
        throw root.wrong("quantization", "is for adapters: give lora too");
      }
      return model;
    }
    if (!root.has("base")) {
      throw root.wrong("lora", "needs a base: the folder of an imported model");
    }
    YamlMap map = root.map("lora").only("r", "alpha", "dropout", "target_modules");
    int rank = map.number("r", 16);
    float alpha = (float) map.decimal("alpha", 2.0 * rank);
    float dropout = (float) map.decimal("dropout", 0);
    List<LoraTarget> targets = targets(map, model);
    BaseForm form = form(root);
    lines.refuse(Lora.problems(rank, alpha, dropout, targets, form));
    Lora lora = new Lora(rank, alpha, dropout, targets, form);
    lines.refuse(ModelSpec.problems(model.context(), model.layers(), Optional.of(lora)));
    return model.with(lora);
  }

  private static List<LoraTarget> targets(YamlMap map, ModelSpec model) throws Mistake {
    List<LoraTarget> targets = new ArrayList<>();
    for (String name :
        map.has("target_modules") ? map.texts("target_modules") : usualTargets(model)) {
      List<LoraTarget> named = LoraTarget.ofName(name);
      if (named.isEmpty()) {
        throw map.wrong(
            "target_modules",
            "must be some of %s, was '%s'"
                .formatted(String.join(", ", LoraTarget.allNames()), name));
      }
      targets.addAll(named);
    }
    return targets;
  }

  /// Names of queries and values, as is usual, as far as the model has them.
  static List<String> usualTargets(ModelSpec model) {
    return TARGETS.stream()
        .filter(name -> LoraTarget.ofName(name).stream().allMatch(target -> has(model, target)))
        .toList();
  }

  private static boolean has(ModelSpec model, LoraTarget target) {
    Lora alone = new Lora(1, 1, List.of(target), BaseForm.FP32);
    return ModelSpec.problems(model.context(), model.layers(), Optional.of(alone)).isEmpty();
  }

  private static BaseForm form(YamlMap root) throws Mistake {
    if (!root.has("quantization")) {
      return BaseForm.FP32;
    }
    YamlMap map = root.map("quantization").only("type", "double", "block");
    String type = map.text("type", Storage.NF4.toString());
    Optional<Storage> storage = Storage.ofWord(type);
    if (storage.isEmpty()) {
      throw map.wrong("type", "must be nf4, bf16 or fp32, was '%s'".formatted(type));
    }
    boolean nf4 = storage.get() == Storage.NF4;
    int block = map.number("block", nf4 ? BaseForm.BLOCK_MIN : 0);
    return new BaseForm(storage.get(), map.flag("double", nf4), block);
  }
}
