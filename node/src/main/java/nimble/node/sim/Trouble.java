package nimble.node.sim;

import java.util.Optional;
import nimble.check.Invariant;

/// What befalls a network while it works.
///
/// @param crashes of single nodes, each followed by a restart
/// @param splits of the network, each healed after a while
/// @param storms after which the weather is calm again
/// @param blackout all validators crash at once
/// @param minersCrash whether miners may crash while the job needs their memory
/// @param minerLost whether a miner goes for good in the midst of one of the first rounds
/// @param ambush what happens at each moment in the life of an epoch's last block
public record Trouble(
    int crashes,
    int splits,
    int storms,
    boolean blackout,
    boolean minersCrash,
    boolean minerLost,
    Optional<Blow> ambush) {
  public static final int DISTURBANCES_MAX = 1_000;

  public static final Trouble NONE = of(0, 0, 0);
  public static final Trouble LOST_MINER =
      new Trouble(0, 0, 0, false, false, true, Optional.empty());

  public Trouble {
    Invariant.check(
        crashes >= 0
            && splits >= 0
            && storms >= 0
            && (long) crashes + splits + storms <= DISTURBANCES_MAX,
        "disturbances");
  }

  static Trouble of(int crashes, int splits, int storms) {
    return new Trouble(crashes, splits, storms, false, false, false, Optional.empty());
  }

  static Trouble of(Blow ambush) {
    return new Trouble(0, 0, 0, false, false, false, Optional.of(ambush));
  }

  /// Whether nobody is late for it but who is lost.
  boolean isCalm() {
    return crashes == 0 && splits == 0 && storms == 0 && !blackout && ambush.isEmpty();
  }
}
