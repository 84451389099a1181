package nimble.p2p;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.types.PublicKey;

/// Who is reached through whom (rule P14).
///
/// @param through peers that this node asked to relay for it: their calls are answered
/// @param relayed peers that this node relays for
public record Relaying(SortedSet<PublicKey> through, SortedSet<PublicKey> relayed) {
  public static final Relaying NONE =
      new Relaying(Collections.emptySortedSet(), Collections.emptySortedSet());

  public Relaying {
    through = Collections.unmodifiableSortedSet(new TreeSet<>(through));
    relayed = Collections.unmodifiableSortedSet(new TreeSet<>(relayed));
  }
}
