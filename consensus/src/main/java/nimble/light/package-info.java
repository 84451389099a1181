/// The light client: what anybody can check of the chain without running a node and without
/// trusting one. Pure: bytes and a trusted point in, an answer or [nimble.codec.Malformed] out.
///
/// ```
/// trusted point ──► EpochStep ──► EpochStep ──► … ──► Finality ──► StateClaim | Inclusion
///  genesis, or       the header that ends an epoch,    a header      under its stateRoot,
///  HEIGHT:HASH       its votes, the next set           and votes     or txRoot and receiptsRoot
/// ```
///
/// - Y3: everything is checked against a trusted point: the validators of genesis, or the digest of
///   one block. Nothing else is believed.
/// - Y4: a header of epoch e is final by finalize votes of the set of e on its digest, with more
///   than 2/3 of the set's stake: directly, or as an ancestor of a header that has them, each being
///   the next one's parent.
/// - Y5: the set of e + 1 is the one whose hash stands in the final header that ends epoch e. That
///   header may be voted on in later views than its own (it is proposed again until it is final).
///   No epoch is skipped.
/// - Y6: a value of the state, or its absence, is proven under the header's state root
///   ([nimble.state.StateProof]); an entry of a block and what became of it under the header's
///   txRoot and receiptsRoot, on one path of turns in both trees.
/// - Y7: old validators may have sold their keys: a trusted point older than two thirds of the
///   unbonding period is refused, because nobody who signed a false branch from there could still
///   be punished. Where unbonding takes less than a day (devnets) nothing is at stake and any point
///   is taken ([TrustPeriod]). The caller brings the time.
/// - Y8: a true header may still be an old one: whoever asks what is true now says how old the
///   newest header may be ([TrustPeriod#stale]).
/// - Y9: a [ProofBundle] carries all of it, from its start to its claims, in at most
///   [ProofBundle#BYTES_MAX] bytes, and is checked without a network.
///
/// Encoding: `EpochStep`: header, certificate, set. `Finality`: list of headers, certificate.
/// `StateClaim`: key, proof. `Inclusion`: entry, receipt, list of turns (bool, hash), list of
/// hashes. `Anchor`: header, set. `ProofBundle`: the text `nimble/proof`, u8 version 1, optional
/// anchor, steps, finality, state claims, inclusions.
@NullMarked
package nimble.light;

import org.jspecify.annotations.NullMarked;
