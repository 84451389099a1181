/// What verification finds, and what it costs: figures of proof of training, measured.
///
/// - Q1: miners train in this process by their own code ([nimble.training.role.Rehearsal]); the
///   auditors of each numeric class are a process of their own, which checks what it is given
///   against the commitments and redoes steps, as an auditor that fetched it.
/// - Q2: every training step of a recorded round is audited once, each as likely to be drawn. A
///   cheat runs on all stages that it concerns, from the second round on: in the first, machines
///   behave as long as a probe lasts.
/// - Q3: noticed is what is not paid: within a class whatever is not equal to the bit, across
///   classes what is beyond the tolerance.
/// - Q4: times are of a thread's processor, but where they are called wall; shares are ratios of
///   times taken in one run.
/// - Q5: rounds until a cheat is noticed are drawn by the chain's own chance
///   ([nimble.training.DrawChance]), with the findings of real audits.
/// - Q6: nothing is extrapolated: what was not reached is null, and every rate stands with the
///   number of what was measured.
@NullMarked
package nimble.node.verification;

import org.jspecify.annotations.NullMarked;
