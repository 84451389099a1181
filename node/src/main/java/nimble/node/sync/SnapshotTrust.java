package nimble.node.sync;

import java.util.Optional;
import nimble.genesis.Genesis;
import nimble.light.Checkpoint;

/// What a node believes before it has anything: its genesis, and perhaps one block of the chain
/// (S2).
public record SnapshotTrust(Genesis genesis, Optional<Checkpoint> checkpoint) {}
