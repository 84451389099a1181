package nimble.training;

import nimble.codec.Malformed;
import nimble.training.dispute.Result;

/// How a dispute ended (J30). The tag is its byte in the canonical encoding.
public enum DisputeResult {
  /// The miner's number is outside of what any honest machine could have, or it fell silent.
  MINER_LOSES(1),
  /// The accuser's is, or it fell silent.
  ACCUSER_LOSES(2),
  BOTH_LOSE(3),
  /// Both could be honest, or nobody played.
  UNDECIDED(4),
  /// The game cannot judge it: what the votes said stands.
  NO_ROOM(5);

  private final int tag;

  DisputeResult(int tag) {
    this.tag = tag;
  }

  int tag() {
    return tag;
  }

  static DisputeResult of(Result result) {
    return switch (result) {
      case MINER_LOSES -> MINER_LOSES;
      case ACCUSER_LOSES -> ACCUSER_LOSES;
      case BOTH_LOSE -> BOTH_LOSE;
      case UNDECIDED -> UNDECIDED;
      case NO_ROOM -> NO_ROOM;
    };
  }

  static DisputeResult of(int tag) throws Malformed {
    for (DisputeResult result : values()) {
      if (result.tag == tag) {
        return result;
      }
    }
    throw new Malformed("unknown result of a dispute %d".formatted(tag));
  }
}
