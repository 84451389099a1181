package nimble.chain;

import nimble.codec.Malformed;

/// What re-executing a step showed (proof of training, sections 5 and 6). The tag is its byte in
/// the canonical encoding.
public enum Verdict {
  /// Equal to the bit; in another numeric class: within the tolerance.
  UPHELD(1),
  /// Other bits, but within the tolerance: unpaid, never slashed.
  DEVIATES(2),
  /// Beyond the tolerance, or exact arithmetic that does not add up.
  REJECTED(3);

  private final int tag;

  Verdict(int tag) {
    this.tag = tag;
  }

  public int tag() {
    return tag;
  }

  public static Verdict of(int tag) throws Malformed {
    for (Verdict verdict : values()) {
      if (verdict.tag == tag) {
        return verdict;
      }
    }
    throw new Malformed("unknown verdict %d".formatted(tag));
  }
}
