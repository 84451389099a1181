package nimble.consensus;

/// What a timer of a view is for.
public enum TimerKind {
  /// The leader must have proposed (rule 5).
  LEADER,
  /// The view must be over (rule 5).
  CERTIFY,
  /// Say it again (rule 8).
  RETRY,
  /// Ask someone else (rule 10).
  FETCH
}
