/// What a state root commits to, and proofs against it. A light client needs this package and a
/// finalized header, nothing else; how nodes store the tree is the business of `nimble.storage`.
///
/// The commitment is a binary sparse Merkle tree over 256-bit paths in which a subtree with one
/// leaf is that leaf (Jellyfish Merkle Tree, Gao, Hu and Wu, 2021):
/// - R1: `path = H("state/key", key)`; its bits are read from the most significant one down, 0 is
///   left.
/// - R2: a subtree without a leaf hashes to `H("state/empty")`.
/// - R3: a subtree with exactly one leaf hashes to `H("state/leaf", path, H("state/value",
///   value))`, at whatever depth it stands.
/// - R4: any other subtree hashes to `H("state/node", left, right)`.
/// - R5: a proof lists the siblings from the root down to where the path ends: at the key's own
///   leaf, at another leaf that shares all bits so far, or at nothing. The last two prove absence.
///
/// The root is a function of the contents alone: neither order nor history of writes changes it.
@NullMarked
package nimble.state;

import org.jspecify.annotations.NullMarked;
