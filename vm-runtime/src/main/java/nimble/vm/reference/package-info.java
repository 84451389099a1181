/// The reference machine: every layer as plain Java loops, numbers stored in fp32, sums and
/// elementary functions in fp64, so that each result is rounded once. Slow and exact enough to
/// judge others: it gives the golden results of tests, runs the simulations, and is the referee in
/// disputes.
///
/// Rules:
/// - R1: sums run in index order; transcendental functions are `StrictMath`'s.
/// - R2: a micro-batch's gradient of a tensor is rounded to fp32 before it is added to the step's.
/// - R3: every operation is tallied as it runs, by the constants of the metering (M6).
@NullMarked
package nimble.vm.reference;

import org.jspecify.annotations.NullMarked;
