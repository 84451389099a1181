/// Text from a trained model: how tokens are drawn ([Sampler]), and what shows that they were drawn
/// from its outputs ([Replay], [Row]).
///
/// - G1: outputs are rounded to steps of 1/256, half up, within ±2²⁴ steps; what is no number is
///   the least.
/// - G2: the steps of a token that the row holds already are divided by the repetition penalty if
///   positive, else multiplied, rounded down.
/// - G3: tokens stand in the order of their steps, the largest first, ties to the smaller id. A
///   temperature of 0 takes the first.
/// - G4: only the first k may be drawn, and of these the fewest from the front that have together
///   the share p of the probability `exp(steps ÷ 256 ÷ temperature)`: at least one.
/// - G5: drawn is the largest of `steps ÷ 256 ÷ temperature` plus Gumbel noise, which
///   [nimble.vm.Philox] draws for (seed, index of the draw, token): so each has its probability
///   (Maddison et al., "A* Sampling", 2014). Ties to the first.
/// - G6: a choice can be checked by whoever has the outputs up to ε: its score falls short of the
///   best by at most 2 (ε + 1/256) ÷ temperature, among those that stand so far from the bounds of
///   G4 that they surely could be drawn ([FairChoice]).
/// - G7: rows that grow by one position each may go through a stage together
///   ([nimble.vm.StageProgram#append]): each gets what it would get alone up to rounding, for a
///   library sums a product of several rows in another order than that of one. What is committed to
///   is therefore not what was generated from, but the replay.
/// - G8: after an answer each stage runs the row again in one pass of the shape [1, context], the
///   rest filled with zeros, and says of every 32 positions the digest of its outputs and their
///   [nimble.vm.audit.Projection], its numbers rounded to bf16, and of its inputs one hash
///   ([Replay]): what one stage put out the next was given. Machines of one class say the same.
///   Across classes our projection, unrounded, must be as near to what rounds to theirs as outputs
///   may be.
/// - G9: who replays the last stage also checks the row's tokens ([Row]) by G6. Rows that grow go
///   through other kernels than the replay does: outputs may be apart by 16 times what classes may,
///   relative to the largest.
@NullMarked
package nimble.vm.generation;

import org.jspecify.annotations.NullMarked;
