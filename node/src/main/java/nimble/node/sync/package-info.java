/// Snapshots: a state as files, made here, checked anywhere, fetched from peers. A backup and what
/// a joining node fetches are one thing.
///
/// - S1: a snapshot is a manifest and parts. The manifest holds the header of a finalized block,
///   what proves it final, and a [nimble.storage.StateCut] whose root is the header's state root; a
///   part is what the cut has at one place. So a manifest is checked before a part is asked for,
///   and a part the moment it arrives: a peer that lies is known by its first false byte, and
///   nothing is believed because several say it.
/// - S2: final is a header that a certificate names, or whose descendants up to one that a
///   certificate names are at hand; the validators are those of genesis, and of the epochs that are
///   followed from there, step by step, for as long as the chain is (Y5 of [nimble.light]). In
///   files the steps lie beside the parts; over the network a peer that offers what is newer than
///   all that is proven is asked for them, [Walk#STEPS] at a time, each checked before the next are
///   asked for. They are asked of one peer at a time, in the order in which they came to offer;
///   another goes on where that one went silent, which waits for its turn again.
/// - S3: a node writes a snapshot of every block at a multiple of its interval, from a view taken
///   when that block becomes final, and keeps the newest [SnapshotKeeper#KEPT_MAX]. Peers with one
///   interval have the same parts.
/// - S4: parts go into the database as they come, with a mark each; the newest block is written
///   when all of them are there. A fetch that was cut off goes on with what is missing; a database
///   with parts and no block is no chain. Steps are kept likewise.
/// - S5: a restored chain begins at the snapshot's block. What was before, other than headers that
///   end epochs, is not there.
/// - S7: a node that fetches a snapshot asks the peers that it was given, by key or by address, and
///   those that they tell of; every node with a snapshot answers, whatever its roles.
/// - S8: who offers a snapshot and withholds its parts cannot hold a sync up: after some seconds
///   without a part another snapshot is begun, the withheld one last.
/// - S9: with a trusted block, steps are one peer's word until they lead over it: what led
///   elsewhere is dropped with who showed it, and if that peer goes, they are asked for anew. Keys
///   of long ago can sign another past, so the steps of two peers must not be mixed before that
///   block; after it, and where no block need be trusted, two ways would take a third of the stake
///   that is still bonded.
/// - S6: a validator whose vote log is not the one it voted with, and that no history was imported
///   for (H7 of [nimble.node.signing]), signs nothing up to the end of the epoch that its chain is
///   in, nor in a later one that has begun before it was started (N7 of [nimble.node.chain]):
///   nobody's word is needed for how far the network is.
/// - S10: nothing is read from disk for an answer that the asker's queue has no room for.
@NullMarked
package nimble.node.sync;

import org.jspecify.annotations.NullMarked;
