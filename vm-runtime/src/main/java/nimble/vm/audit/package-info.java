/// What shows whether somebody did a step: doing it again ([StageAudit]), and comparing.
///
/// - V1: an audit does one step of one stage again, on its own memory, from [Evidence]: the round's
///   start, all its gradients, and what crossed the stage's edges in that step.
/// - V2: it goes through the whole round exactly. Sums of squares, the counter and the end's root
///   must be equal to the bit; a clip factor must be one that other stages' sums can give. A
///   gradient that cannot be read is false, and counts as one that is not finite.
/// - V3: before the step's update every micro-batch goes forward and backward; outputs (the last
///   stage's loss), input gradients and ĝ are compared to the bit, all NaNs being the same. Where
///   bits differ, each tensor's error is its L2 norm relative to the auditor's tensor. ĝ went
///   through a codec: an entry's error is the distance of our unrounded value from the interval
///   that rounds to what was committed; each weight's tensor counts by itself, but as if it had at
///   least a thousandth of the whole gradient's norm, and a loss as if it were at least 0.01. Not
///   finite on one side only is infinitely far. Of two gradients that are not finite only that is
///   compared (T5).
/// - V4: the answer is the SHA-256 of the step's gradient before the codec, in the form of
///   [nimble.vm.gradient.Fp32], from the auditor's own arithmetic on what was given, whatever the
///   finding. A micro-batch of a size that the stage does not have is false and left out.
/// - V5: a validation batch is compared forwards; its answer is the gradient for output gradients
///   drawn by [nimble.vm.Philox] from the audit's seed (last stage: of its loss times a drawn
///   number). Where the codec is [nimble.vm.gradient.Fp32] a step's gradient is no secret: then its
///   first micro-batch is added once more in that way.
/// - V6: a finding: all bits equal, or all within the [Tolerance] of their kind ([TensorKind]:
///   outputs, input gradients, weight gradients), or more. For an auditor of another class the
///   tolerance counts as equal. What is allowed depends on the products' [nimble.vm.Precision].
/// - V7: across classes an answer is the [Projection] of the gradient of V4, under the audit's
///   seed: two of them are equal when they are within the tolerance of weight gradients.
/// - V8: a tolerance is found by giving one [StepSample] to machines of several classes, and
///   comparing each [StepResult] with each other as V3 does.
/// - V9: across classes the residuals of a miner's gradients are remembered as [Drift]: each audit
///   adds one direction of length one, under the auditor's secret key. Where the codec is
///   [nimble.vm.gradient.Fp32] the answer's micro-batch counts among the step's, and nothing is
///   remembered.
@NullMarked
package nimble.vm.audit;

import org.jspecify.annotations.NullMarked;
