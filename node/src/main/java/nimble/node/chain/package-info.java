/// The chain as one node holds it: what is final on disk, what is executed above it in memory, and
/// the replica that votes, follows and gossips.
///
/// - N1: one synced batch per finalized block carries header, body, state, tree, receipts, events
///   and indices; after a crash the node is at some whole block.
/// - N2: a block above the finalized one lives in memory, keyed by its digest, with its writes over
///   its parent's; at most [BlockTree#BLOCKS_MAX] of them.
/// - N3: verify = shape, proposer, time, beacon, entries, and an execution whose roots equal the
///   header's; certify is the same whatever the view, with the body durable.
/// - N4: a node without a vote follows finalization certificates, asks for blocks by height, and
///   passes on the certificate of its newest block; only what a valid certificate covers is final.
@NullMarked
package nimble.node.chain;

import org.jspecify.annotations.NullMarked;
