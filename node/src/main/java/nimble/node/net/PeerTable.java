package nimble.node.net;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import nimble.p2p.LaneState;
import nimble.p2p.PeerAddress;
import nimble.p2p.PeerScores;
import nimble.p2p.RelayLoad;
import nimble.p2p.Role;
import nimble.p2p.relay.Reach;
import nimble.types.PublicKey;

/// Who this node is connected to, for an operator to read.
///
/// @param heard addresses that others told of
/// @param tried addresses that this node was connected to
public record PeerTable(
    List<Row> rows,
    List<PeerScores.Sentence> bans,
    int heard,
    int tried,
    Relaying relaying,
    long nowMillis) {
  /// How this node is reached, and for whom it relays.
  public record Relaying(Reach reach, SortedSet<PublicKey> guests, RelayLoad load) {}

  /// One peer.
  ///
  /// @param remote what was dialled, or where it came from
  /// @param why the node has it: `static`, `validator`, `work`, `found`, or `inbound`
  /// @param points of its score, 0 when it did nothing wrong
  /// @param reason of its latest points
  public record Row(
      PublicKey peer,
      PeerAddress remote,
      boolean outbound,
      String why,
      Set<Role> roles,
      String agent,
      long sinceMillis,
      int points,
      String reason,
      LaneState control,
      LaneState bulk) {}

  public PeerTable {
    rows = List.copyOf(rows);
    bans = List.copyOf(bans);
  }
}
