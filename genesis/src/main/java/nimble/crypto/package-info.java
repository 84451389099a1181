/// Hashes, signatures and keys. The only package that touches a cryptographic library. It draws no
/// entropy: seeds, salts and nonces are arguments.
///
/// Every hash states its use: [Hashing#of] prefixes a tag, so that no digest of one kind can stand
/// for another.
///
/// Rules (Ed25519, on every path):
/// - K1: S is below the order of the base point; A and R are canonical encodings of their points.
/// - K2: neither A nor R is one of the eight points of small order.
/// - K3: then the cofactorless equation `S·B = R + h·A` decides, over the bytes of A and R as
///   given.
///
/// Rules (BLS12-381):
/// - K4: keys and signatures are compressed points of the prime-order groups, never infinity.
/// - K5: a key is summed with others only after its proof of possession has been checked, so no key
///   can be made to cancel another.
/// - K6: an aggregate is of signatures on one message, by the signers that its bitmap names.
///
/// Rules (keys of people):
/// - K7: a text form (address, mnemonic) carries a checksum, and what is wrong with it is said
///   without repeating a secret.
/// - K8: a secret on disk is sealed under a password; how much work opening takes is bounded before
///   it begins, a damaged file is told from a wrong password, and no secret has a `toString`.
@NullMarked
package nimble.crypto;

import org.jspecify.annotations.NullMarked;
