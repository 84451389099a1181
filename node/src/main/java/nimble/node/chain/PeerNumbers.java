package nimble.node.chain;

import java.util.ArrayList;
import java.util.List;
import nimble.types.PublicKey;

/// The core's names for peers: a validator's index, or for others a number given for the time of an
/// epoch.
final class PeerNumbers {
  private static final int FOLLOWER_FIRST = 1_000;
  private static final int FOLLOWERS_MAX = 4_096;

  private final List<PublicKey> validators;
  private final List<PublicKey> followers = new ArrayList<>();

  PeerNumbers(List<PublicKey> validators) {
    this.validators = List.copyOf(validators);
  }

  boolean isValidator(PublicKey peer) {
    return validators.contains(peer);
  }

  /// Whether the connection is that of the validator with this index.
  boolean is(PublicKey peer, int index) {
    return index < validators.size() && validators.get(index).equals(peer);
  }

  int of(PublicKey peer) {
    int index = validators.indexOf(peer);
    if (index >= 0) {
      return index;
    }
    if (!followers.contains(peer) && followers.size() < FOLLOWERS_MAX) {
      followers.add(peer);
    }
    return FOLLOWER_FIRST + Math.max(0, followers.indexOf(peer));
  }

  PublicKey peer(int number) {
    return number >= FOLLOWER_FIRST
        ? followers.get(number - FOLLOWER_FIRST)
        : validators.get(number);
  }
}
