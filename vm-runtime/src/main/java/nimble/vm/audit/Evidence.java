package nimble.vm.audit;

import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.vm.training.StateManifest;

/// All that is needed to redo one step of one stage's round (V1). That it is what the stage
/// committed to, and that the start's root is the right one, is for the caller to check.
///
/// Lists may read their elements when they are asked for them, one in memory at a time.
///
/// @param firstStep the optimizer's steps before the round
/// @param steps the round's training steps, all of them
/// @param endRoot the state's root that the stage claims for the end of the round
/// @param audited the step in the round: a validation batch from `steps.size()` on
/// @param microBatches of the audited step
/// @param seed of the audit: what a validation batch's answer depends on
public record Evidence(
    Start start,
    long firstStep,
    List<Step> steps,
    Hash endRoot,
    int audited,
    List<MicroBatch> microBatches,
    Hash seed) {
  /// Where the round began.
  public sealed interface Start {
    /// Before the first step of the job, from the training's seed.
    record Initial() implements Start {}

    /// Where the bench stands since its last audit.
    record Standing(Hash root) implements Start {}

    record Kept(StateManifest manifest, List<Bytes> chunks) implements Start {}
  }

  /// @param gradient in its committed form
  /// @param squareBits fp64, the sum of its squares
  /// @param factorBits fp32, see [nimble.vm.training.ClipFactor]
  public record Step(Bytes gradient, long squareBits, int factorBits) {}

  /// What crossed the stage's edges, the exact bytes; empty where nothing crosses.
  ///
  /// @param input first stage: from the data set, not from the miner
  /// @param inputGradient empty on the first stage and in validation
  /// @param output last stage: the loss, fp32 in four bytes, big-endian
  /// @param outputGradient empty on the last stage and in validation
  /// @param labels last stage: from the data set
  public record MicroBatch(
      Bytes input, Bytes inputGradient, Bytes output, Bytes outputGradient, Bytes labels) {
    /// The last stage's output on the wire.
    public static Bytes loss(int bits) {
      return Writer.encode(writer -> writer.u32(bits & 0xffff_ffffL));
    }
  }

  public Evidence {
    Invariant.check(audited >= 0, "step %d", audited);
    Invariant.check(firstStep >= 0, "first step %d", firstStep);
  }

  /// Whether the audited step trains, rather than validates.
  public boolean trains() {
    return audited < steps.size();
  }
}
