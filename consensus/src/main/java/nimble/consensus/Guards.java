package nimble.consensus;

import java.util.Optional;

/// The conditions on which safety rests, each asked by name where it matters. Production asks all
/// of them ([#ALL]); the tests drop one at a time and expect the simulator to notice.
///
/// @param dropped counts as met, whatever the facts are
record Guards(Optional<Condition> dropped) {
  static final Guards ALL = new Guards(Optional.empty());

  /// Named after the rule that states it.
  enum Condition {
    R2_LEADER_SIGNED,
    R2_FIRST_NOTARIZE,
    R2_NOT_NULLIFIED,
    R2_PARENT_NOT_BELOW_FINAL,
    R2_PARENT_CERTIFIED,
    R2_GAP_NULLIFIED,
    R2_PAYLOAD_VERIFIED,
    R4_NOTARIZED,
    R4_CERTIFIED,
    R4_NOT_NULLIFIED,
    R4_NO_EQUIVOCATION,
    R5_CURRENT_VIEW,
    R5_NOT_FINALIZED,
    R9_CERTIFIED_TO_ENTER,
    R11_LAST_AGAIN,
    QUORUM,
    FLOOR,
    DURABLE_FIRST
  }

  boolean hold(Condition condition, boolean met) {
    return met || isDropped(condition);
  }

  boolean isDropped(Condition condition) {
    return dropped.filter(condition::equals).isPresent();
  }
}
