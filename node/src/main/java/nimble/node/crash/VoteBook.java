package nimble.node.crash;

import java.util.Map;
import java.util.TreeMap;
import nimble.consensus.Vote;

/// Every vote of every validator that was ever seen or logged (K2).
final class VoteBook {
  private record Place(int signer, long epoch, long view) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int bySigner = Integer.compare(signer, other.signer);
      int byEpoch = bySigner == 0 ? Long.compare(epoch, other.epoch) : bySigner;
      return byEpoch == 0 ? Long.compare(view, other.view) : byEpoch;
    }
  }

  /// What one validator said in one view; empty: nothing.
  private record Said(String notarized, String finalized, boolean nullified) {}

  private static final Said NOTHING = new Said("", "", false);

  private final Map<Place, Said> votes = new TreeMap<>();
  private long count;

  void add(int signer, Vote.Kind kind, long epoch, long view, String digest, String source)
      throws Broken {
    Place place = new Place(signer, epoch, view);
    Said before = votes.getOrDefault(place, NOTHING);
    Said after =
        switch (kind) {
          case NOTARIZE -> new Said(digest, before.finalized(), before.nullified());
          case FINALIZE -> new Said(before.notarized(), digest, before.nullified());
          case NULLIFY -> new Said(before.notarized(), before.finalized(), true);
        };
    if (conflict(before.notarized(), after.notarized())
        || conflict(before.finalized(), after.finalized())
        || (after.nullified() && !after.finalized().isEmpty())) {
      throw Broken.of(
          "validator %d voted twice in view %d of epoch %d: %s %s by %s, after %s",
          signer, view, epoch, kind, digest, source, before);
    }
    if (!after.equals(before)) {
      votes.put(place, after);
      count++;
    }
  }

  private static boolean conflict(String before, String after) {
    return !before.isEmpty() && !before.equals(after);
  }

  /// Different ones.
  long count() {
    return count;
  }
}
