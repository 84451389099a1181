package nimble.consensus;

/// Why a validator gave up a view.
public enum Grounds {
  /// None came in time.
  NO_PROPOSAL,
  /// The leader itself voted to skip the view.
  LEADER_GAVE_UP,
  /// It led, and had nothing to propose.
  NOTHING_BUILT,
  /// What was proposed does not verify.
  PAYLOAD_REFUSED,
  /// Something was proposed, and no certificate came in time.
  OUT_OF_TIME
}
