/// Whom a node knows, and whom it connects to by itself: the address book and what is done with it.
/// Pure; time is passed in, chance comes from a secret salt.
///
/// - B1: the book holds written addresses (no names: they cost their owner nothing) in two tables
///   of buckets. *Heard* are those that somebody told; *tried* are those that this node was
///   connected to. Both are bounded, and an address stands in one of them once.
/// - B2: the bucket of a heard address follows from its group, from the group of whoever told it,
///   and from the salt; one telling group reaches [AddressBook#HEARD_BUCKETS_PER_SOURCE] buckets.
///   That of a tried one follows from its group and the salt; one group reaches
///   [AddressBook#TRIED_BUCKETS_PER_GROUP].
/// - B3: a heard address never takes the place of another, unless that is stale. A tried one gives
///   way only after it has failed a test: until then the newcomer waits ([AddressBook#toTest]).
/// - B4: an address is drawn by bucket first, so that who fills few buckets is drawn seldom,
///   however many addresses he has. What failed is tried later and later.
/// - B5: addresses of private networks are believed only from private addresses.
/// - B6: a key that somebody told for an address is a hint: it helps to find a validator, and is
///   proven by TLS. When this node dials by itself, it takes whoever is there.
/// - B7: a node dials until it has [Discovery#OUTBOUND_TARGET] outbound peers, by itself at most
///   [Discovery#PER_GROUP_MAX] of one group; anchors, the eldest outbound peers of the last
///   process, come first. Seeds, which the operator gave, are never forgotten and come in when the
///   book has nobody to offer.
/// - B8: it tests one heard or challenged address at a time, and leaves again: now and then when it
///   has enough peers, oftener when the book has nobody to offer. Where a peer that came in says it
///   listens is tested as well: the answer is that the two are connected already.
/// - B9: addresses are asked of peers that this node dialled, and taken only as answers. Only tried
///   ones of the last day are told, at most [nimble.p2p.PeerList#ADDRESSES_MAX]; for a minute
///   everybody is told the same.
/// - B10: book, anchors and bans are one file with a checksum. What does not read is begun anew.
/// - B11: the book is of places. Whom a relay stands before has none: such connections count
///   neither as outbound nor as news of an address ([nimble.p2p.relay] keeps the ways to them).
@NullMarked
package nimble.p2p.book;

import org.jspecify.annotations.NullMarked;
