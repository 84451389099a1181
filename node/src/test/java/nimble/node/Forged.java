package nimble.node;

import nimble.chain.Header;

/// What nobody signed, for tests of those who must see it.
public final class Forged {
  private Forged() {}

  /// A millisecond later than it was.
  public static Header later(Header h) {
    return new Header(
        h.chain(),
        h.epoch(),
        h.view(),
        h.height(),
        h.parent(),
        h.timeMillis() + 1,
        h.proposer(),
        h.sigma(),
        h.beacon(),
        h.txRoot(),
        h.stateRoot(),
        h.receiptsRoot(),
        h.votesRoot(),
        h.setHash(),
        h.nextSetHash());
  }
}
