/// A stage that trains: its weights and moments, one exact step at a time, and the roots that are
/// committed to.
///
/// - T1: initial weights, the order of the data and validation rows come from [nimble.vm.Philox], a
///   function of (seed, purpose, stream, index): the tensor's number and its blocks of four; the
///   step and `microBatch · 2³² + row`. Examples are gone through in epochs, each in an order of
///   its own ([nimble.vm.data.Shuffle]).
/// - T2: a step's gradient ĝ is the fp32 sum over micro-batches in index order of the gradients of
///   `loss / microBatches`, rounded by the job's [nimble.vm.gradient.GradientCodec]. Only this map
///   from state and data to ĝ is floating point of a library; everything after it is exact.
/// - T3: the sum of squares of ĝ is fp64: eight sums a tensor, then tensors in layout order, then
///   stages in order; the clip factor is computed once from it ([ClipFactor]).
/// - T4: AdamW in fp32, each operation rounded, from left to right, for each element, with `g =
///   factor · ĝ`: where decayed `w = w − (rate · decay) · w`; `m = b1 · m + (1 − b1) · g`; `v = b2
///   · v + (1 − b2) · g · g`; `w = w − rate · (m / c1) / (√(v / c2) + 1e-8)`, c1 and c2 being
///   `(float) (1 − bᵏ)` with the power of the fp32 beta a running product in fp64, k the updates so
///   far. The rate is cast once from fp64 ([nimble.vm.Schedule]; cosine by `StrictMath`). The
///   bounds of [nimble.vm.TrainingSpec] keep all this finite.
/// - T5: when any ĝ of the step is not finite, no stage changes anything but its count of steps.
/// - T6: the state root is the Merkle list of the counters and the SHA-256 of each chunk
///   ([StateManifest]).
/// - T7: one stage's micro-batches go forward in index order and come back in index order, however
///   the two interleave.
/// - T8: a numeric class is a hash of what the very program gives on data drawn from a seed.
/// - T9: what training leaves out ([nimble.vm.Dropout]) is drawn by [nimble.vm.Philox] from the
///   training's seed, under `(step · 2⁸ + microBatch) · 2²⁰ + site` with sites counted over the
///   whole model: sixteen bits a number, in the order of rows, the lower half of a word first;
///   dropped when below the rate's share of 2¹⁶, else multiplied by what keeps the mean. Sites are
///   the inputs of adapters (their rate), then what embeddings, activations and residual branches
///   give (the model's). The factors are arguments of a pass, so auditors and both machines leave
///   out the same; only passes of a step leave anything out.
@NullMarked
package nimble.vm.training;

import org.jspecify.annotations.NullMarked;
