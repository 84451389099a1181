package nimble.training.role.miner;

import java.util.Optional;
import java.util.SortedMap;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.training.Audit;
import nimble.training.dispute.Dispute;
import nimble.training.role.BaseWork;
import nimble.training.role.DecodeTensor;
import nimble.training.role.Outcome;
import nimble.training.role.evidence.Norms;
import nimble.training.role.evidence.RoundEvidence;
import nimble.types.Hash;

/// The heavy side of one stage: programs, weights, gradients, hashes. Its methods are called inside
/// tasks only, one at a time (R2). Honest stages are [MachineWork]; whoever deviates wraps one.
public interface StageWork {
  /// Compiles the program and measures its class.
  Outcome.Probed probe();

  /// Where the base comes in; nothing but [#probe] is asked for before it is whole.
  BaseWork base();

  /// Takes the initial state; `data` is the data set on the first and last stage, otherwise empty.
  Outcome.Ready start(ByteSource data);

  /// Goes to the start of `round`, which is in `checkpoint`, a
  /// [nimble.training.role.evidence.CheckpointBlob]. Throws when it does not fit the stage.
  ///
  /// @param root that the state must have
  Outcome.Ready load(int round, Hash root, ByteSource checkpoint);

  /// Goes back to the start of `round`: ready, or absent when it was let go or has another root.
  ///
  /// @param root that the state must have; empty for round 0
  Outcome restore(int round, Optional<Hash> root);

  /// Not the last stage. On the first the input is empty: it comes from the data set.
  Outcome.Forwarded forward(int round, int step, int microBatch, Bytes input);

  /// Not the last stage.
  Outcome.Backed backward(int microBatch, Bytes outputGradient);

  /// The last stage: forwards, loss and backwards; in a validation step the loss alone, and the
  /// input gradient is empty.
  Outcome.Backed train(int round, int step, int microBatch, Bytes input);

  /// Sums and rounds the step's gradient.
  Outcome.Summed sum();

  /// Takes the step, given the squared norms of all stages in order.
  Outcome.Stepped update(int round, int step, Norms norms);

  /// Names some of what crossed the edges and of the gradients: nobody waits for it.
  Outcome.WrittenUp writeUp();

  /// When all is written up, closes the round's books and keeps its end in memory for [#restore].
  ///
  /// @param keepFrom start states of earlier rounds are let go
  Outcome.Rounded endRound(int round, int keepFrom);

  /// The state at the start of `round`, to which it goes back when it is beyond.
  Outcome.Exported export(int round);

  /// Does the audited step of an earlier round again.
  ///
  /// @param blobs those of [RoundEvidence#wanted], and the data set where the stage reads it
  Outcome.Reviewed review(
      Audit audit, RoundEvidence evidence, SortedMap<Hash, ? extends ByteSource> blobs);

  /// What to say next to who accuses this stage. Who deviates has nothing to say.
  ///
  /// @param blobs those of [RoundEvidence#wanted], and the data set where the stage reads it
  default Outcome.Played defend(
      Audit audit,
      RoundEvidence evidence,
      SortedMap<Hash, ? extends ByteSource> blobs,
      Dispute dispute) {
    return new Outcome.Played(audit.id(), dispute.moves(), Optional.empty());
  }

  /// Lets a row grow; begins it anew when the tensor says so.
  Outcome decode(DecodeTensor tensor, Bytes input);

  Outcome.Closed close();
}
