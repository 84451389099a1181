package nimble.p2p;

import nimble.types.PublicKey;

/// Rule P2: two nodes may dial each other at once, and exactly one connection must stay.
///
/// A dialler greets only when it knows of no connection to the peer. So when a Hello comes in:
/// - while our own greeting is under way, both dialled: the smaller key's connection stays;
/// - when one that we dialled stands, with the same process, and our key is smaller: this is the
///   other half of that duel, late;
/// - otherwise the peer has lost the connection that we believe in: the new one replaces it.
public enum Duel {
  TAKE,
  REPLACE,
  REFUSE;

  /// What the loser is told; no news to anyone.
  public static final String DUPLICATE = "the two nodes are connected already";

  /// What a node says that has dialled itself.
  public static final String SELF = "it is this node itself";

  /// What we know of the peer when its Hello comes in.
  public enum Known {
    NOTHING,
    GREETED,
    DIALLED,
    ACCEPTED
  }

  public static Duel judge(PublicKey self, PublicKey peer, Known known, boolean sameProcess) {
    boolean smaller = self.compareTo(peer) < 0;
    return switch (known) {
      case NOTHING -> TAKE;
      case GREETED -> smaller ? REFUSE : TAKE;
      case DIALLED -> smaller && sameProcess ? REFUSE : REPLACE;
      case ACCEPTED -> REPLACE;
    };
  }
}
