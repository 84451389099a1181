/// The chain as one node holds it: what is final on disk, what is executed above it in memory, and
/// the replica that votes, follows and gossips.
///
/// - N1: one synced batch per finalized block carries header, body, state, tree, receipts, events
///   and indices; after a crash the node is at some whole block. Blocks that an answer of a peer
///   brings while catching up become durable together, before anything that follows from them.
/// - N2: a block above the finalized one lives in memory, keyed by its digest, with its writes over
///   its parent's; at most [BlockTree#BLOCKS_MAX] of them, or one longer row of which each stands
///   on the one before: whatever makes its newest block final needs all of them.
/// - N3: verify = shape, proposer, time, beacon, entries, and an execution whose roots equal the
///   header's; certify is the same whatever the view, with the body durable.
/// - N4: a node without a vote follows finalization certificates, asks for blocks by height, and
///   passes on the certificate of its newest block; only what a valid certificate covers is final.
/// - N5: an epoch of consensus is an epoch of the ledger. The block in whose execution the ledger's
///   epoch rolls is the last of its epoch, and names the hash of the next epoch's validators; no
///   other block does. Nothing but itself is proposed on it (R11 of consensus), so what finalizes
///   it names its digest, in its own view or a later one. Once it is final, views begin at 1 again
///   under the next validators, with that digest as genesis, and leaders are drawn with its beacon.
///   Blocks carry finalize votes of their own epoch only: late votes of the epoch before do not
///   count any more. A node votes where the chain knows both its identity and its vote key.
/// - N6: a straggler is told. Who speaks of an epoch that is over is answered with the newest
///   certificate; who hears of a later epoch than its own asks for the blocks of which it does not
///   know, by height, and walks from set to set: a certificate counts under the set of its block's
///   epoch.
/// - N7: a node whose votes are forgotten follows in silence up to the first epoch that begins, by
///   the time of the block before it, after the node was started: nothing signed before can be of
///   that epoch, however far the chain was ahead. They are forgotten where the log's floor is an
///   epoch ahead, and where the log never left epoch 0 and the guard's history is no memory (H7 of
///   [nimble.node.signing]): so begins who validates for the first time, and who has lost a disk.
///   Epoch 0 itself is the exception, so that a network can begin: who has lost a disk on which
///   something of epoch 0 was signed needs its exported history, or starts with no vote log at all.
///   Those who made epoch 0 final know what they signed, so a quorum is never silent after it.
/// - N8: two votes that exclude each other are kept, one pair per validator and epoch, as long as
///   the ledger would punish somebody for them: not when it has done so already, nor later than one
///   unbonding period after their epoch. Until then every validator that has seen them reports them
///   with its hot key; nobody passes on a report that it has not checked.
/// - N9: a node that is far behind says how far it has come, and when no peer has the next block
///   any more, what to do.
/// - N10: what a validator of the next epoch says of it before it has begun here is kept, the
///   newest [EarlyWords#PER_PEER_MAX] of each, and heard when it begins.
/// - N11: what is not proven yet is held within bytes, not only within counts. Unasked, a block is
///   kept of whoever leads its view, one for the view that runs and one for the next; any other is
///   fetched by its digest once somebody votes for it. All of them together take at most
///   [Payloads#BYTES_MAX], and what catching up holds without a certificate at most
///   [CatchUp#UNCOVERED_BYTES_MAX].
/// - N12: keys that validators have sold can sign another past. A node whose newest block is older
///   than the time for which validators answer for what they signed (Y7 of [nimble.light]) is
///   started only with a block that its operator trusts, no older than its own newest; at that
///   height it makes no other block final, and stops.
/// - N13: who asks does not hold up votes. A turn ends with one block answer for a validator and
///   one for somebody else, made after the votes have left and peer after peer, of at most
///   [BlockServer#WAITING_MAX] requests that wait of each; the next turn goes on. An answer for
///   which the peer's queue has no room is not made: no block is read and no body copied for it.
/// - N14: votes are heard first. What validators of this epoch and the next say is heard when it
///   comes, all but their gossip of transactions and work calls; so are blocks from whom this node
///   has asked for some. Gossip, and whatever else anybody says, waits: at most
///   [Hearsay#PER_PEER_MAX] messages of each, and [Hearsay#BYTES_MAX] of validators as well as of
///   others, of which none takes more than is left. A turn hears at most [Hearsay#SHARE_MAX] of
///   them, or [Hearsay#SHARE_BYTES_MAX] and one message, of validators and of others by turns, peer
///   after peer; only one where more waits in the inbox. The next turn goes on. What does not fit
///   is dropped, and blamed on nobody: gossip may be lost.
/// - N15: whoever sends a certificate that those whom it names have not signed is believed no other
///   in that epoch, and is blamed: each costs a pairing, and nobody passes on one that it has not
///   checked.
/// - N16: who takes several things from the chain while the replica writes takes them at one moment
///   ([FinalizedChain#still], [FinalizedState]): roles, the API and whoever sweeps. Only the
///   replica itself reads the state as it is being written.
@NullMarked
package nimble.node.chain;

import org.jspecify.annotations.NullMarked;
