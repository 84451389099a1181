package nimble.p2p.relay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.codec.Malformed;
import nimble.p2p.Message;
import nimble.p2p.PeerAddress;
import nimble.p2p.Penalty;
import nimble.p2p.RelayPolicy;
import nimble.p2p.Relaying;
import nimble.p2p.book.Discovery;
import nimble.p2p.book.Move;
import nimble.types.PublicKey;

/// All that a node does about relays, over what [Discovery] hears as well. One owner's.
public final class Relays {
  private final OwnRelays own;
  private final Guests guests;
  private final Whereabouts whereabouts;
  private final TreeMap<PublicKey, Discovery.Met> links = new TreeMap<>();
  private SortedSet<PublicKey> missed = Collections.emptySortedSet();
  private List<PeerAddress> said = List.of();

  public Relays(PublicKey self, RelayPolicy policy) {
    this.own = new OwnRelays(self, policy.mode());
    this.guests = new Guests(policy.guestsMax());
    this.whereabouts = new Whereabouts(self);
  }

  public Reach reach() {
    return own.reach();
  }

  /// What the network is to relay from now on; to be told it before the moves are made.
  public Relaying relaying() {
    return new Relaying(own.through(), guests.all());
  }

  /// How `node` is reached through others.
  public List<PeerAddress> ways(PublicKey node) {
    return whereabouts.ways(node);
  }

  /// From now on these are sought: wanted, not there, and not found where they were thought to be.
  public void miss(SortedSet<PublicKey> nodes) {
    missed = new TreeSet<>(nodes);
  }

  /// Whether time will bring something.
  public boolean isSeeking() {
    return own.isSeeking() || !missed.isEmpty();
  }

  public List<Move> step(Discovery.Input input, long nowMillis) {
    List<Move> moves = new ArrayList<>();
    switch (input) {
      case Discovery.Met met -> met(met, nowMillis, moves);
      case Discovery.Parted(PublicKey peer) -> parted(peer);
      case Discovery.Failed(String address, String reason) ->
          failed(address, reason, nowMillis, moves);
      case Discovery.Heard(PublicKey peer, Message message) ->
          heard(peer, message, nowMillis, moves);
      case Discovery.Avoid _ -> {}
      case Discovery.Ticked() -> {
        own.ticked(nowMillis, moves);
        guests.ticked(own.isHidden(), nowMillis, moves);
        whereabouts.seek(missed, nowMillis, moves);
      }
    }
    say(moves);
    return moves;
  }

  private void met(Discovery.Met met, long nowMillis, List<Move> moves) {
    links.put(met.peer(), met);
    whereabouts.met(met.peer(), met.remote().host());
    own.met(met, nowMillis);
    if (!said.isEmpty()) {
      moves.add(new Move.Tell(met.peer(), new Word.Reached(said).message()));
    }
  }

  private void parted(PublicKey peer) {
    links.remove(peer);
    own.parted(peer);
    guests.parted(peer);
    whereabouts.parted(peer);
  }

  private void failed(String text, String reason, long nowMillis, List<Move> moves) {
    try {
      PeerAddress address = PeerAddress.parse(text);
      own.tested(address, reason, nowMillis, moves);
      guests.tested(address, reason, own.isHidden(), moves);
    } catch (Malformed e) {
      // Nobody that was dialled: somebody came in and was not let in.
    }
  }

  private void heard(PublicKey peer, Message message, long nowMillis, List<Move> moves) {
    Discovery.Met link = links.get(peer);
    if (link == null || !Word.isWord(message.kind())) {
      return;
    }
    try {
      switch (Word.decode(message)) {
        case Word.Ask(boolean anyway) ->
            guests.asked(link, anyway, own.isHidden(), nowMillis, moves);
        case Word.Answer answer -> own.answered(peer, answer, nowMillis, moves);
        case Word.Reached reached -> whereabouts.told(peer, reached);
        case Word.Seek seek -> moves.add(whereabouts.answer(peer, seek));
        case Word.Found found -> whereabouts.found(peer, found, moves);
      }
    } catch (Malformed e) {
      moves.add(new Move.Blame(peer, Penalty.LARGE, "relays: " + e.reason()));
    }
  }

  /// R5.
  private void say(List<Move> moves) {
    List<PeerAddress> now = own.working();
    if (!now.equals(said)) {
      said = now;
      Message word = new Word.Reached(said).message();
      whereabouts.peers().forEach(peer -> moves.add(new Move.Tell(peer, word)));
    }
  }
}
