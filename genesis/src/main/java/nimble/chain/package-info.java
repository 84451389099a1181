/// Blocks and what stands in them: headers, transactions, work calls, receipts, validator sets.
///
/// - C1: a block's digest is the hash of its header; consensus orders digests only.
/// - C2: a transaction's id is the SHA-256 of everything in it, signature included.
/// - C3: a transaction is signed by an account's key and pays a fee; a work call is signed by a hot
///   key, pays nothing, and fills a slot that exists in state. An [AuditCall.AuditReveal] is not
///   signed: it opens an `AuditCommit` that is, and all that it says is in there.
/// - C4: every signed preimage begins with a tag and the chain id; that of a [SignedMessage], which
///   no chain takes, with a tag alone.
/// - C5: all calls are records of this package: a sealed type's parts share it. [Call] groups the
///   calls of accounts, [WorkCall] those of hot keys; each carries a tag from the table in its
///   source.
/// - C6: the header commits to everything in the body: `txRoot` to transactions and work calls,
///   `receiptsRoot` to what became of them, `votesRoot` to the votes, `stateRoot` to the state
///   after the block.
@NullMarked
package nimble.chain;

import org.jspecify.annotations.NullMarked;
