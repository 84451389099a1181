/// What is ordered: a training job as data, what its stages need, and the limits of every network.
///
/// - J1: a [JobSpec] has one encoding of at most 16 KiB, cuts included. Whatever is wrong with it
///   is a [nimble.spec.Problem]: field, value, allowed range.
/// - J2: every count has a limit ([Limits]); a block looks at each active job once and settles a
///   bounded number of rounds.
@NullMarked
package nimble.training.spec;

import org.jspecify.annotations.NullMarked;
