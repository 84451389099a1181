package nimble.training;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nimble.ledger.StateView;
import nimble.training.spec.BaseSpec;
import nimble.training.spec.BroughtModel;
import nimble.training.spec.JobSpec;
import nimble.types.JobId;
import nimble.vm.Cuts;
import nimble.vm.ModelSpec;
import nimble.vm.StageSpec;

/// A model that is published, stage by stage, wherever it comes from. It never changes.
///
/// @param reads the base whose files say how it reads text, where nobody said otherwise
public record ServedModel(ModelSpec model, List<ServedStage> stages, Optional<BaseSpec> reads) {
  public ServedModel {
    stages = List.copyOf(stages);
  }

  /// @param origin of a model that is published, or a COMPLETED job
  public static ServedModel of(StateView state, Origin origin) {
    return switch (origin) {
      case Origin.Trained(JobId job) ->
          trained(Jobs.spec(state, job).orElseThrow(), Jobs.load(state, job).orElseThrow());
      case Origin.Brought(var hash) -> brought(Models.brought(state, hash).orElseThrow());
    };
  }

  private static ServedModel trained(JobSpec spec, Job job) {
    List<StageSpec> rows = rows(spec.cuts(), spec.model());
    return new ServedModel(
        spec.model(),
        IntStream.range(0, rows.size())
            .mapToObj(i ->
                new ServedStage(
                    rows.get(i), Optional.of(made(job.stages().get(i))), spec.adapted()))
            .toList(),
        spec.base());
  }

  /// A job is COMPLETED when this is there (J10).
  private static ServedStage.Trained made(HeldStage stage) {
    return new ServedStage.Trained(
        stage.checkpoint().orElseThrow().manifest(), stage.stateRoot().orElseThrow());
  }

  private static ServedModel brought(BroughtModel model) {
    Optional<BaseSpec> base = Optional.of(model.base());
    return new ServedModel(
        model.model(),
        rows(model.cuts(), model.model()).stream()
            .map(spec -> new ServedStage(spec, Optional.empty(), base))
            .toList(),
        base);
  }

  private static List<StageSpec> rows(Cuts cuts, ModelSpec model) {
    return cuts.of(model, 1);
  }
}
