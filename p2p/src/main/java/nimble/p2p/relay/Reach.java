package nimble.p2p.relay;

import java.util.List;
import nimble.p2p.PeerAddress;

/// Whether others can reach this node, and how it knows.
///
/// @param why in plain words
/// @param relays that it is reached through, with their keys
public record Reach(State state, String why, List<PeerAddress> relays) {
  /// Which case it is.
  public enum State {
    /// Nobody has looked yet.
    UNKNOWN,
    /// Others dial it.
    PUBLIC,
    /// Others cannot dial it, and reach it through relays.
    RELAYED,
    /// Others cannot dial it, and nobody relays for it.
    UNREACHABLE
  }

  public Reach {
    relays = List.copyOf(relays);
  }
}
