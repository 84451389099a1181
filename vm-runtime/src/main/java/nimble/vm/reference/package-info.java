/// The reference machine: every layer as plain Java loops, numbers stored in fp32, sums and
/// elementary functions in fp64, so that each result is rounded once. Slow and exact enough to
/// judge others: it gives the golden results of tests, runs the simulations, and is the referee in
/// disputes.
///
/// Rules:
/// - R1: sums run in index order; transcendental functions are `StrictMath`'s.
/// - R2: a micro-batch's gradient of a tensor is rounded to fp32 before it is added to the step's.
/// - R3: every operation is tallied as it runs, by the constants of the metering (M6).
///
/// The referee ([Referee]) judges one number of a [nimble.vm.trace.Trace] from its operands:
/// - B1: the claim is outside when no kernel that rounds to fp32 after each operation, in whatever
///   order, blocked, with fused multiply-adds or in a higher precision, can have given it. u =
///   2⁻²⁴, γ_k = k u / (1 − k u). Kernels that round operands to less than fp32 (TF32), or that
///   multiply matrices by fewer products (Strassen, Winograd), are not honest fp32.
/// - B2: sums of products, and sums: `γ_k Σ|x||w|`.
/// - B3: a norm's variance is as good as the worst formula for it; everything behind it counts |x|
///   + |mean| for x − mean. Without a mean nothing cancels.
/// - B4: an elementary function is good to 32 u; where a kernel adds numbers around 1 before it
///   multiplies (erf, tanh), that error is absolute.
/// - B5: attention is one operator: an error e of a score, itself by B2, is a factor of exp(2e) of
///   a share; a share's slope counts what it is a difference of.
/// - B6: copies, and what is drawn, are judged to the bit. An operand or a bound that is not
///   finite, or sums that may overflow: everything is inside. Numbers near the least of fp32 may be
///   flushed to zero.
/// - B7: the judge computes in fp64 by these formulas and `StrictMath`, so all validators find the
///   same; its own rounding is added to each bound.
/// - B8: a narrow product is the nearest bfloat16 to an honest fp32 one: the bound's ends, rounded.
///   The bias may be added behind the rounding; a narrow sum may have been rounded in parts too.
/// - B9: turning by place uses the very cosines and sines of [nimble.vm.Rotary]; the largest of a
///   window is exact, of equals the first.
@NullMarked
package nimble.vm.reference;

import org.jspecify.annotations.NullMarked;
