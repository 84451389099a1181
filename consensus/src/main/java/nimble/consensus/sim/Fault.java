package nimble.consensus.sim;

/// The cast of faulty actors.
public enum Fault {
  /// Sends nothing.
  SILENT,
  /// Sends everything, late.
  LATE,
  /// Nullifies every view and says nothing else.
  NULLIFIER,
  /// As the leader, proposes different payloads to different nodes.
  EQUIVOCATOR,
  /// As the leader, extends whatever it has heard of.
  FORKER,
  /// Proposes when it is not its turn.
  USURPER,
  /// As the leader, proposes invalid payloads.
  COUNTERFEITER,
  /// Says yes to each side of every question, and sends bad signatures in between.
  SPLITTER,
  /// Two honest nodes with one key, on two disks.
  TWIN,
  /// Honest, but loses its disk in a crash: it has to abstain.
  AMNESIAC;

  Behaviour behaviour() {
    return switch (this) {
      case SILENT -> new Silent();
      case LATE -> new Late();
      case NULLIFIER -> new Nullifier();
      case EQUIVOCATOR -> new Equivocator();
      case FORKER -> new Forker();
      case USURPER -> new Usurper();
      case COUNTERFEITER -> new Counterfeiter();
      case SPLITTER -> new Splitter();
      case TWIN, AMNESIAC -> (_, _) -> false;
    };
  }
}
