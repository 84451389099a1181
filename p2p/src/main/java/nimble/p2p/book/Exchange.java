package nimble.p2p.book;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.codec.Malformed;
import nimble.p2p.Kind;
import nimble.p2p.Message;
import nimble.p2p.PeerAddress;
import nimble.p2p.PeerList;
import nimble.p2p.Penalty;
import nimble.types.PublicKey;

/// Asks peers whom they know, and answers them (rule B9).
final class Exchange {
  static final long ASK_MILLIS = 300_000;
  static final long POOR_ASK_MILLIS = 70_000;
  static final long ANSWER_MILLIS = 60_000;
  static final long LATELY_MILLIS = 24 * 3_600_000L;

  private final AddressBook book;
  private final TreeSet<PublicKey> asked = new TreeSet<>();
  private final TreeMap<PublicKey, Long> askedMillis = new TreeMap<>();
  private final TreeMap<PublicKey, Long> answeredMillis = new TreeMap<>();
  private Message answer = new PeerList(List.of()).message();
  private long answerMillis = -ANSWER_MILLIS;

  Exchange(AddressBook book) {
    this.book = book;
  }

  /// Whether `peer` would answer again; never for one that was not asked yet.
  boolean isDue(PublicKey peer, long pauseMillis, long nowMillis) {
    Long before = askedMillis.get(peer);
    return before != null && nowMillis - before >= pauseMillis;
  }

  Move ask(PublicKey peer, long nowMillis) {
    asked.add(peer);
    askedMillis.put(peer, nowMillis);
    return new Move.Tell(peer, PeerList.ASK);
  }

  void left(PublicKey peer) {
    asked.remove(peer);
    askedMillis.remove(peer);
    answeredMillis.remove(peer);
  }

  /// @param host where the peer is
  List<Move> heard(PublicKey peer, String host, Message message, long nowMillis) {
    List<Move> moves = new ArrayList<>();
    if (message.kind() == Kind.PEERS_GET) {
      asked(peer, nowMillis, moves);
      return moves;
    }
    try {
      PeerList list = PeerList.decode(message);
      if (asked.remove(peer)) {
        for (PeerAddress address : list.addresses()) {
          book.heard(address, host, nowMillis);
        }
      } else {
        moves.add(new Move.Blame(peer, Penalty.SMALL, "told addresses that nobody asked for"));
      }
    } catch (Malformed e) {
      moves.add(new Move.Blame(peer, Penalty.LARGE, "addresses: " + e.reason()));
    }
    return moves;
  }

  private void asked(PublicKey peer, long nowMillis, List<Move> moves) {
    Long before = answeredMillis.get(peer);
    if (before != null && nowMillis - before < ANSWER_MILLIS) {
      moves.add(new Move.Blame(peer, Penalty.SMALL, "asks for addresses all the time"));
      return;
    }
    answeredMillis.put(peer, nowMillis);
    if (nowMillis - answerMillis >= ANSWER_MILLIS) {
      answerMillis = nowMillis;
      answer =
          new PeerList(book.lately(PeerList.ADDRESSES_MAX, nowMillis - LATELY_MILLIS)).message();
    }
    moves.add(new Move.Tell(peer, answer));
  }
}
