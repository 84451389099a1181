package nimble.training;

import java.util.Optional;
import nimble.check.Invariant;
import nimble.training.spec.BaseSpec;
import nimble.types.Hash;
import nimble.vm.StageSpec;

/// A stage of a model as hosts and auditors load it (S4).
///
/// @param spec of one row
/// @param trained what a job made of it; empty when the base is the model
/// @param base what `trained` is adapters of, or the model; otherwise empty
public record ServedStage(StageSpec spec, Optional<Trained> trained, Optional<BaseSpec> base) {
  /// A stage's state at the end of its job.
  ///
  /// @param checkpoint where it is
  public record Trained(Hash checkpoint, Hash root) {}

  public ServedStage {
    Invariant.check(spec.rows() == 1, "%d rows", spec.rows());
    Invariant.check(trained.isPresent() || base.isPresent(), "a stage without weights");
  }

  /// Names its weights, and is the seed of what measures a class for it.
  public Hash weights() {
    return trained.map(Trained::root).or(() -> base.map(BaseSpec::manifest)).orElseThrow();
  }
}
