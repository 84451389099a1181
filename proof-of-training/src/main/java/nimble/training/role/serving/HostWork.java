package nimble.training.role.serving;

import java.util.List;
import java.util.Optional;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.training.role.BaseWork;
import nimble.training.role.DecodeTensor;
import nimble.training.role.Outcome;

/// The heavy side of a hosted stage. Its methods are called inside tasks only, one at a time (R2).
public interface HostWork {
  /// Where the base comes in, before [#load].
  BaseWork base();

  /// Takes the stage's weights from a [nimble.training.role.evidence.CheckpointBlob], where a job
  /// made them, and the base; throws when it is not the state that it should be.
  Outcome.Ready load(Optional<ByteSource> checkpoint);

  /// The class of this machine, for replays of the stage.
  Outcome.Probed probe();

  /// @param turns of different rows
  Outcome.Turned decode(List<Decoder.Turn> turns);

  /// One row in one pass; refuses what this host could not answer for.
  ///
  /// @param input the [nimble.vm.generation.Row], and from the second stage on the vectors after it
  Outcome replay(DecodeTensor tensor, Bytes input);

  Outcome.Closed close();
}
