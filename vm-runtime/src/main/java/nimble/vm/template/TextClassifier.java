package nimble.vm.template;

import java.util.ArrayList;
import java.util.List;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.vm.Layer;
import nimble.vm.LayerRules;
import nimble.vm.ModelSpec;
import nimble.vm.data.TextData;

/// The template `text-classifier`: GPT-2's shape over bytes with a class at the last byte of a
/// text; the positions behind it have no label.
public record TextClassifier(int context, int layers, int heads, int width, int classes) {
  /// What is wrong, in the template's own words.
  public List<Problem> problems() {
    Problems problems = new Problems();
    problems.range("data.classes", classes, 2, LayerRules.IDS_MAX);
    List<Problem> all = new ArrayList<>(gptProblems());
    all.addAll(problems.list());
    return all;
  }

  private List<Problem> gptProblems() {
    return Gpt.problems(TextData.VOCABULARY, context, layers, heads, width);
  }

  public ModelSpec spec() {
    ModelSpec gpt = new Gpt(TextData.VOCABULARY, context, layers, heads, width, true).spec();
    List<Layer> list = new ArrayList<>(gpt.layers());
    list.set(list.size() - 1, new Layer.ClassifierHead(width, classes));
    return new ModelSpec(context, list);
  }
}
