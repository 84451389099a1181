package nimble.node.files;

import java.util.List;
import java.util.stream.Collectors;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.ModelSpec;
import nimble.vm.Segmenter;
import nimble.vm.tensor.BaseForm;

/// The groups of a job file that begins with an imported model ([AdapterKeys]), with every key, its
/// default and its range.
///
/// @param base the folder of the model
/// @param targets names of the linear maps that get adapters
/// @param stages that the model with its adapters can be cut into, at most [#STAGES]
public record AdapterTemplate(String base, List<String> targets, int stages) {
  static final int STAGES = 3;

  private static final int RANK = 16;

  public AdapterTemplate {
    targets = List.copyOf(targets);
  }

  /// For a model with what it usually adapts.
  public static AdapterTemplate of(String base, ModelSpec model) {
    List<String> targets = AdapterKeys.usualTargets(model);
    List<LoraTarget> maps =
        targets.stream().flatMap(name -> LoraTarget.ofName(name).stream()).toList();
    ModelSpec adapted = model.with(new Lora(RANK, 2 * RANK, maps, BaseForm.FP32));
    int stages = STAGES;
    while (stages > 1 && !Segmenter.problems(adapted, stages).isEmpty()) {
      stages--;
    }
    return new AdapterTemplate(base, targets, stages);
  }

  /// As a reminder in the file of a model that begins with nothing.
  static String comment() {
    String groups = new AdapterTemplate("DIR", List.of("q_proj", "v_proj"), STAGES).text();
    return "# Instead of `model`; `nbcli job init --base NAME` writes such a file.\n"
        + groups.lines().map(line -> ("# " + line).strip() + "\n").collect(Collectors.joining());
  }

  String text() {
    return """
    base: %s             # a folder that `nbcli model import` made: the model that training begins with

    model:
      precision: fp32      # of matrix products: fp32 or bf16

    lora:                  # adapters, which are trained instead of the base; without this group, it is trained itself
      r: %d                # rank; 1 to 1024
      alpha: %d            # their share is alpha / r, usually 2 r; above 0 to 4096
      dropout: 0           # share of what adapters take that is left out; 0 to 0.9
      target_modules: [%s]  # some of %s; default: queries and values

    quantization:          # how the frozen base lies in memory; only with lora
      type: fp32           # fp32, bf16, or nf4: four bits, as in QLoRA; default: nf4
      # double: true       # nf4: the scales take eight bits; true or false
      # block: 64          # nf4: numbers that share a scale; 64 to 4096, a power of two
    """
        .formatted(
            JobTemplate.word(base),
            RANK,
            2 * RANK,
            String.join(", ", targets),
            String.join(", ", LoraTarget.allNames()));
  }
}
