/// How a node that cannot be dialled is reached through others: whom it asks, for whom others
/// relay, and how a third finds the way. Pure; time is passed in. What relays carry is rules P14 to
/// P17 of [nimble.p2p].
///
/// - R1: a node that was told `auto` asks one of the peers that it dialled whether it can be
///   reached; with `always` it knows that it cannot; with `never` it asks nobody.
/// - R2: who is asked dials the other back where that says it listens, if it listens on the host
///   that it came from. When it answers there, it needs no relay and is told so. Otherwise it is
///   relayed for, up to the policy's number of guests; not by a node that needs relays itself.
/// - R3: a node that cannot be dialled keeps [OwnRelays#TARGET] relays, of different networks where
///   it can. Who refuses is asked again later.
/// - R4: a relay is believed when this node has dialled itself through it, which proves every step
///   of the way; again every minute. One that does not work is left, and another asked.
/// - R5: a node tells its peers which relays it has, when they meet and when that changes.
/// - R6: who misses a node whose address is unknown, or does not answer, asks some of its peers.
///   They tell what the node itself told them, while it is connected to them. The key proves the
///   rest (P1): a lie costs a dial.
/// - R7: relays stand at written addresses; one of a private network is believed only from there,
///   as in B5. The number of ways to one node, and of nodes whose ways are kept, is bounded.
/// - R8: what nobody asked for, and asking all the time, cost score; what does not read costs more.
@NullMarked
package nimble.p2p.relay;

import org.jspecify.annotations.NullMarked;
