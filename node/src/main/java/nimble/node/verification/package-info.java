/// What verification finds, and what it costs: figures of proof of training, measured.
///
/// - Q1: the miners and auditors of each numeric class are a process of their own ([GuildProcess]).
///   Miners train by their own code ([nimble.training.role.miner.Rehearsal]); auditors check what
///   they are given against the commitments and redo steps, as who fetched it.
/// - Q2: every training step of a recorded round is audited once, each as likely to be drawn. A
///   cheat runs on all stages that it concerns, from the second round on: in the first, machines
///   behave as long as a probe lasts.
/// - Q3: noticed is what is not paid: within a class whatever is not equal to the bit, across
///   classes what is beyond the tolerance.
/// - Q4: times are of a thread's processor, but where they are called wall; shares are ratios of
///   times taken in one run, while nothing else of it works.
/// - Q5: rounds until a cheat is noticed are drawn by the chain's own chance
///   ([nimble.training.DrawChance]), with the findings of real audits.
/// - Q6: nothing is extrapolated: what was not reached is null, and every rate stands with the
///   number of what was measured.
/// - Q7: every class's miners meet every class's auditors. Those of the first class do in full, and
///   what does not depend on the pair is measured with them; the others with a third of the audits.
@NullMarked
package nimble.node.verification;

import org.jspecify.annotations.NullMarked;
