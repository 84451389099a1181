package nimble.training.role.auditor;

import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.training.ServedStage;
import nimble.training.role.Outcome;
import nimble.training.role.serving.RowEntry;
import nimble.training.role.serving.RowEvidence;
import nimble.training.role.serving.WeightsFetch;

/// The heavy side of auditing what was served. Its methods are called inside tasks only, but for
/// [#read].
public interface ReplayWork {
  /// The class of this machine, for replays of the stage.
  Outcome.Probed probe(ServedStage stage);

  /// The drawn row, if that is what it is; takes no program.
  ///
  /// @param from positions before the row
  RowEvidence read(ServeDuty duty, RowEntry entry, long from, Bytes blob) throws Malformed;

  /// Replays the row, and compares.
  ///
  /// @param weights whole; nobody else uses them meanwhile
  /// @param sameClass whether this machine and the host's are of one class
  Outcome.OfAudit redo(ServeDuty duty, RowEvidence row, WeightsFetch weights, boolean sameClass);
}
