/// Who this node is connected to, and how they behave.
///
/// - C1: one owner, [Peers], holds every peer's score and the wish for connections; others tell it
///   what they saw through [nimble.node.chain.Penalties].
/// - C2: wanted are static peers, validators, and the nodes that a role of this node works with
///   (its jobs' neighbours, the holders of a model it serves), whoever of them has a known address.
///   A lost connection is dialled again, later and later.
/// - C3: an address is what the operator wrote, what the miner registered on chain, a way through a
///   relay, what the node itself said when it was last connected, or what the address book has for
///   its key: in this order, the next one when nobody answers at one.
/// - C4: validators and static peers are counted and never sentenced, and always let in.
/// - C5: beyond those the node finds peers by itself, as [nimble.p2p.book] has it.
/// - C6: the address book, the anchors and the bans outlive the process in `peers.dat`, which only
///   its owner may read, saved once a minute, with every ban, and at the end. A file that does not
///   read begins anew, and a line in the log says so.
/// - C7: an operator can end a ban early: what the node did is then forgotten.
/// - C8: whether others reach this node it finds out as [nimble.p2p.relay] has it; when they do
///   not, others relay for it. Whom it misses it seeks among its peers.
@NullMarked
package nimble.node.net;

import org.jspecify.annotations.NullMarked;
