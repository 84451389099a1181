/// What a validator does about jobs: a state machine that checks rounds and rows and keeps
/// checkpoints ([Auditor]), what it finds out from the chain ([DutyBook]), and its heavy side
/// ([AuditWork], [ReplayWork]). The other R rules: [nimble.training.role].
///
/// - R13: a validator measures its class for a stage's program on the match's beacon, joins with a
///   commitment to it and shows it when the chain waits for it. It has one bench per stage
///   ([AuditWork]); tasks of a bench follow each other. Of all audits a bounded number is in work.
/// - R14: an auditor gathers an audit's evidence into a group of its own, redoes the step, and
///   commits to answer and verdict, and where the audit is heard across classes to a projection of
///   what it answers for; it reveals when all have committed. All of it follows from finalized
///   state: after a restart the same salt and the same bits are found again. Where the last audit
///   of a bench ended, the next round's start need not be fetched.
/// - R15: an index that does not match the roots, and a blob that is not what it says, is no data:
///   asked for again, and challenged after a third of the time to commit; what is still on its way
///   after two thirds is challenged too. What matches and does not add up is false work.
/// - R16: while an audit is challenged every validator gathers all of its data, checks it, and
///   keeps and serves it until the audit is closed. When the auditors' answers differ, every
///   validator that can run the program redoes the step and votes; whoever cannot is silent.
/// - R17: the keeper of a stage fetches each checkpoint that the miner recorded, says so on chain
///   when it is the state that was committed to, and serves it as long as the job may go back to
///   it; the last one of a job that ends without a model for [DutyBook#RESULTS_MILLIS] more.
/// - R22: of each miner of another class an auditor keeps a sketch per epoch, under a key that is a
///   hash of a signature: committed to when the epoch begins, used once the chain holds that. Every
///   audit that it redoes and does not reject adds the direction in which the miner was off, once;
///   the sketch is on the shelf whenever it changed, so a restart loses nothing. When the epoch is
///   over it says what the sketch came to if that is a report; of anything less nothing is said.
/// - R32: a validator measures its class for replays of each stage on weights drawn from a seed,
///   brings the stage's weights here, so that nobody can keep them from it later, and joins. Drawn,
///   or asked to vote, it gets the list and the row from the host, checks both, takes the weights,
///   and replays the row; one replay at a time, of one row, on the weights of one stage
///   ([WeightsBench]). While an audit is challenged every validator gets the row and holds it, so
///   that the seats may have it from whoever does.
/// - R35: stages that audit together take no more memory than this machine has for them. A stage
///   that takes more by itself is not measured and not joined, and nothing of it is redone; of
///   others those wait for which there is no room, and who holds a bench or a base that no audit in
///   work needs gives it back. So nobody can order, or offer to hold, what ends its auditors.
@NullMarked
package nimble.training.role.auditor;

import org.jspecify.annotations.NullMarked;
