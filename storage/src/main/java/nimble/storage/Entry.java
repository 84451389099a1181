package nimble.storage;

import nimble.codec.Bytes;

/// A key of a family, and its value.
public record Entry(Bytes key, Bytes value) {}
