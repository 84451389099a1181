package nimble.node.chain;

import nimble.crypto.VoteSigningKey;
import nimble.storage.VoteLog;

/// What lets a node vote: its key, and the log of what it has signed.
public record Voter(VoteSigningKey key, VoteLog log) {}
