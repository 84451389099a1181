/// Whole networks in one thread: the nodes of [nimble.node.Node] as they are, with simulated time,
/// wires, disks and the plain-Java tensor machine.
///
/// - W1: one seed, one run. Everything random is drawn from the world's own source; the trace
///   digests every turn, message and final block, and equal seeds give equal traces.
/// - W2: a crash takes a process from one moment to the next: its inboxes, timers and tasks are
///   gone, its disks keep what was durable, of the rest any part. The power may also go in the
///   midst of a turn, between two writes.
/// - W3: all nodes that finalize a height finalize the same block there, and none ever forgets one:
///   chains are prefixes of one another. A restart goes on where the disk ends.
/// - W4: after every final block the supply is whole, and its parts are where they belong.
/// - W5: no honest node is ever stopped by a broken invariant, finds another's message malformed,
///   refuses its block, or sees misconduct.
/// - W6: once disturbances have ended, every node's chain grows again within
///   [Referee#PROGRESS_MILLIS_MAX].
/// - W7: every transaction that a client keeps submitting becomes final, once.
/// - W8: a job ends COMPLETED when everybody who holds a stage goes on with it, after a crash too,
///   or others can take what is given up; whatever its end, it leaves nothing in escrow. One miner
///   that forges, withholds, stops in the midst of a round or is killed is replaced by one; while
///   nothing else disturbs the network nobody else gets a strike.
/// - W9: at the end all nodes hold the same state, down to the byte.
/// - W10: nobody is slashed who does as it should, nor who crashes and comes back, flips a bit or
///   vanishes while its node stays up. A miner whose node is gone for good may be: nobody can tell
///   it from one that withholds its data.
/// - W11: who deviates meets the fate that [nimble.training.fault.Fault] says: false work is
///   slashed; what is not as committed loses the stage; who audits falsely changes nothing.
/// - W12: epochs are short, and follow one another without a gap, whatever happens at their ends.
/// - W13: a validator that registers and one that exits change places while all this goes on: the
///   one leads blocks, the other follows, and nobody waits for either.
/// - W14: who is elected votes with the stake it had before the election, and all are elected who
///   stand for it.
/// - W15: a validator that votes twice, whatever the votes, is reported by those that hear it,
///   punished once, and out for good two epochs later; nobody else is accused, the chain goes on,
///   and afterwards nobody keeps the evidence.
/// - W16: the last block of an epoch may meet a crash, of one or all, or a split of the network
///   right before or after its notarization or its direct finalization: W3, W6 and W12 hold.
/// - W17: in some worlds nodes compute in two numeric classes, where audits cross from one to the
///   other, or where the job takes any class. Nothing above is different there.
/// - W18: where votes do not settle what a round is worth, because too few validators can run its
///   program or because a guilty miner or an innocent one appeals, its node and an accuser's play
///   it down to one number ([Feud]): who is honest wins, who lies or has nothing to show loses, in
///   six moves and 100,000 bytes at most, and a node that crashes between two moves goes on from
///   its disk.
/// - W19: a job goes back to its beginning or to a resume point that it reached, and nowhere else.
/// - W20: a validator that loses its log of votes, or its whole disk, signs nothing in an epoch in
///   which it had signed something, but for epoch 0 where a later one is the last of these (N7 of
///   [nimble.node.chain]); in a later one it votes again.
@NullMarked
package nimble.node.sim;

import org.jspecify.annotations.NullMarked;
