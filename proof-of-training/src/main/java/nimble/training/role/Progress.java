package nimble.training.role;

import java.util.OptionalInt;
import nimble.chain.AuditId;
import nimble.training.role.evidence.RoundResult;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What a miner has to tell about a slot.
public sealed interface Progress {
  /// The stage's program is compiled and its class measured.
  record Measured(Hash numericClass) implements Progress {}

  /// A training step is done; its mean loss, bits of fp32, is known to the last stage.
  ///
  /// @param tokens of the step, over all micro-batches
  record Stepped(int round, int step, OptionalInt lossBits, long tokens) implements Progress {}

  /// The roots of a round are known and equal to the neighbours'.
  record Agreed(RoundResult roots) implements Progress {}

  /// A neighbour saw other bytes on our edge: the round is not committed and will be redone.
  record Disagreed(int round, int neighbourStage) implements Progress {}

  /// The chain had rounds redone; the stage starts again with `round`.
  record Restarted(int attempt, int round) implements Progress {}

  /// No more is computed for now, and why.
  record Paused(String reason) implements Progress {}

  /// The miner admits that a round of its was wrong.
  record Conceded(AuditId audit) implements Progress {}

  record Serving() implements Progress {}

  /// A tensor was not used, and why.
  record Dropped(PublicKey from, String reason) implements Progress {}

  /// The slot is given up until the node starts again.
  record Failed(String reason) implements Progress {}
}
