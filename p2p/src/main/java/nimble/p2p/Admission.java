package nimble.p2p;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.types.PublicKey;

/// Who gets in: reserved peers (static ones, validators) whatever the inbound cap says; banned ones
/// not at all, with the reason they are told. A reserved peer is never banned.
///
/// @param partners with whom this node works on a job: they may send what takes much room (rule P4)
public record Admission(
    SortedSet<PublicKey> reserved,
    SortedSet<PublicKey> partners,
    SortedMap<PublicKey, String> banned) {
  public static final Admission OPEN =
      new Admission(
          Collections.emptySortedSet(), Collections.emptySortedSet(), Collections.emptySortedMap());

  public Admission {
    reserved = Collections.unmodifiableSortedSet(new TreeSet<>(reserved));
    partners = Collections.unmodifiableSortedSet(new TreeSet<>(partners));
    banned = Collections.unmodifiableSortedMap(new TreeMap<>(banned));
  }

  /// Why `peer` is not let in when `inbound` others came in before it and at most `inboundMax` may.
  public Optional<String> refuses(PublicKey peer, int inbound, int inboundMax) {
    if (reserved.contains(peer)) {
      return Optional.empty();
    }
    String ban = banned.get(peer);
    if (ban != null) {
      return Optional.of("it is banned for now: " + ban);
    }
    return inbound >= inboundMax
        ? Optional.of("this node has no room for more than %d inbound peers".formatted(inboundMax))
        : Optional.empty();
  }

  /// Whether what it sends may wait here without a common bound.
  public boolean trusts(PublicKey peer) {
    return reserved.contains(peer) || partners.contains(peer);
  }
}
