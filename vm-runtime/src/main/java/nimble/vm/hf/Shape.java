package nimble.vm.hf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import nimble.spec.Problem;
import nimble.vm.Layer;
import nimble.vm.ModelSpec;

/// A model as a family of that library describes it.
sealed interface Shape permits Gpt2Shape, LlamaShape {
  /// The head's own weights; a folder where it is tied needs none.
  String HEAD = "lm_head.weight";

  int context();

  /// The same as layers of ours.
  List<Layer> layerList();

  /// What keeps it from being a model of ours.
  default List<Problem> problems() {
    return ModelSpec.problems(context(), layerList());
  }

  /// Where there are no problems.
  default ModelSpec spec() {
    return new ModelSpec(context(), layerList());
  }

  /// Where the weights go. Names are those of a whole model as the library saves it.
  ///
  /// @param tied the head has the token embedding's weights
  List<Placement> placements(boolean tied);

  /// As `config.json` has it, without what concerns the tokenizer.
  ObjectNode config(boolean tied);

  /// The family that a model of ours belongs to.
  static Optional<Shape> of(ModelSpec spec) {
    Optional<Shape> gpt2 = Gpt2Shape.of(spec.context(), spec.layers()).map(it -> it);
    return gpt2.or(() -> LlamaShape.of(spec.context(), spec.layers()));
  }
}
