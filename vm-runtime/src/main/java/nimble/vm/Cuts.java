package nimble.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.vm.tensor.ParameterTensor;

/// Where a model is cut into stages: the first layer of each stage but the first, ascending.
public record Cuts(List<Integer> firstLayers) {
  public static final int STAGES_MAX = 64;

  public Cuts {
    firstLayers = List.copyOf(firstLayers);
  }

  /// Everything that is wrong with these cuts for that model and those rows.
  public List<Problem> problems(ModelSpec model, int rows) {
    Problems problems = new Problems();
    problems.range("stages.cuts", stages(), 1, STAGES_MAX);
    int before = 0;
    for (int i = 0; i < firstLayers.size(); i++) {
      String field = "stages.cuts[" + i + "]";
      if (!problems.range(field, firstLayers.get(i), before + 1L, model.layers().size() - 1L)) {
        return problems.list();
      }
      before = firstLayers.get(i);
    }
    Metering.check(model, rows, problems);
    for (int stage = 0; stage < stages(); stage++) {
      checkParameters(new StageSpec(model, start(stage), end(stage, model), 1), stage, problems);
    }
    return problems.list();
  }

  /// Something is trained in each stage, and every buffer can be had.
  private static void checkParameters(StageSpec spec, int stage, Problems problems) {
    String field = "stages[" + stage + "].parameters";
    long base = spec.layers().stream().mapToLong(Metering::parameters).sum();
    boolean adapters = spec.model().lora().isPresent();
    if (problems.range(
            field,
            base,
            adapters ? 0 : 1,
            adapters ? ModelSpec.PARAMETERS_MAX : StageSpec.PARAMETERS_MAX)
        && adapters) {
      long trained = 0;
      for (ParameterTensor tensor : Layout.walk(spec)) {
        trained += tensor.frozen() ? 0 : tensor.count();
      }
      problems.range(field, trained, 1, StageSpec.PARAMETERS_MAX);
    }
  }

  public int stages() {
    return firstLayers.size() + 1;
  }

  /// The stages in order; the cuts must fit the model.
  public List<StageSpec> of(ModelSpec model, int rows) {
    Problems.none(problems(model, rows));
    return IntStream.range(0, stages())
        .mapToObj(i -> new StageSpec(model, start(i), end(i, model), rows))
        .toList();
  }

  public void write(Writer writer) {
    writer.list(firstLayers, STAGES_MAX - 1, (layer, out) -> out.u16(layer));
  }

  public static Cuts read(Reader reader) throws Malformed {
    return new Cuts(new ArrayList<>(reader.list(STAGES_MAX - 1, Reader::u16)));
  }

  private int start(int stage) {
    return stage == 0 ? 0 : firstLayers.get(stage - 1);
  }

  private int end(int stage, ModelSpec model) {
    return stage + 1 == stages() ? model.layers().size() : firstLayers.get(stage);
  }
}
