package nimble.training;

import nimble.codec.Malformed;

/// How an audit ended. The tag is its byte in the canonical encoding.
public enum AuditOutcome {
  /// Two auditors, or the vote, found the work right.
  UPHELD(1),
  /// Convicted: false by more than the tolerance, or its data withheld.
  REJECTED(2),
  /// Nobody could tell: the round is unpaid, nobody is slashed.
  UNDECIDED(3),
  /// Nobody revealed: the round is paid as if it had not been drawn.
  UNAUDITED(4),
  /// The miner admitted it: unpaid and redone.
  CONCEDED(5),
  /// Other bits within the tolerance: the round is kept, unpaid.
  DEVIATED(6),
  /// The work it was about is not paid anyway: the stage's miner was convicted by another audit.
  DROPPED(7);

  private final int tag;

  AuditOutcome(int tag) {
    this.tag = tag;
  }

  public int tag() {
    return tag;
  }

  public static AuditOutcome of(int tag) throws Malformed {
    for (AuditOutcome outcome : values()) {
      if (outcome.tag == tag) {
        return outcome;
      }
    }
    throw new Malformed("unknown outcome %d".formatted(tag));
  }
}
