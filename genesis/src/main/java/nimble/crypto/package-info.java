/// Hashes, signatures and keys. The only package that touches a cryptographic library.
///
/// Every hash states its use: [Hashing#of] prefixes a tag, so that no digest of one kind can stand
/// for another.
@NullMarked
package nimble.crypto;

import org.jspecify.annotations.NullMarked;
