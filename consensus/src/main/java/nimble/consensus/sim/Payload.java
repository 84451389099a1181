package nimble.consensus.sim;

import nimble.types.Hash;

/// A block, as far as consensus can tell one from another.
///
/// @param parent digest of the payload it extends
/// @param valid whether honest applications accept it
record Payload(Hash digest, Hash parent, int author, long view, boolean valid) {}
