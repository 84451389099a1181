package nimble.node.chain;

import java.util.Locale;
import java.util.Optional;
import nimble.consensus.Grounds;

/// Why a view was skipped, as far as one node can tell. The words are frozen: they are the label
/// `reason` of a metric.
public enum SkipReason {
  /// No proposal came in time, nor until the view was over.
  LEADER_SILENT,
  /// A proposal came after this node had given up on it.
  LEADER_LATE,
  /// The leader itself gave up.
  LEADER_GAVE_UP,
  /// This node led, and had nothing that it could propose.
  NOTHING_BUILT,
  /// A proposal came, and breaks the rules of blocks.
  PAYLOAD_REFUSED,
  /// A proposal came in time, a certificate did not.
  CERTIFICATE_LATE,
  /// The others gave up while this node still waited, or was not there.
  OTHERS_GAVE_UP;

  /// What this node knows of the view.
  ///
  /// @param gaveUp why it gave up itself, if it did
  /// @param proposed whether a block of the view is here
  record Known(Optional<Grounds> gaveUp, boolean proposed) {}

  static SkipReason of(Known known) {
    return known.gaveUp().map(grounds -> of(grounds, known.proposed())).orElse(OTHERS_GAVE_UP);
  }

  private static SkipReason of(Grounds grounds, boolean proposed) {
    return switch (grounds) {
      case NO_PROPOSAL -> proposed ? LEADER_LATE : LEADER_SILENT;
      case LEADER_GAVE_UP -> LEADER_GAVE_UP;
      case NOTHING_BUILT -> NOTHING_BUILT;
      case PAYLOAD_REFUSED -> PAYLOAD_REFUSED;
      case OUT_OF_TIME -> CERTIFICATE_LATE;
    };
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
