package nimble.training.fault;

import java.util.List;
import java.util.Optional;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.training.role.BaseWork;
import nimble.training.role.DecodeTensor;
import nimble.training.role.Outcome;
import nimble.training.role.serving.Decoder;
import nimble.training.role.serving.HostWork;
import nimble.vm.tensor.LittleEndian;

/// Gives other tokens than the model's outputs and the shared seed say, and stands by them when the
/// row is replayed.
///
/// @param vocabulary of the model
record ChoosesTokens(HostWork honest, int vocabulary) implements HostWork {
  @Override
  public BaseWork base() {
    return honest.base();
  }

  @Override
  public Outcome.Ready load(Optional<ByteSource> checkpoint) {
    return honest.load(checkpoint);
  }

  @Override
  public Outcome.Probed probe() {
    return honest.probe();
  }

  @Override
  public Outcome.Turned decode(List<Decoder.Turn> turns) {
    return new Outcome.Turned(honest.decode(turns).turns().stream().map(this::other).toList());
  }

  private Outcome other(Outcome outcome) {
    if (!(outcome instanceof Outcome.Decoded(var tensor, var output))
        || output.size() != Integer.BYTES
        || tensor.kind() == DecodeTensor.Kind.RELEASE) {
      return outcome;
    }
    int own = (LittleEndian.ints(output)[0] + vocabulary / 2) % vocabulary;
    return new Outcome.Decoded(tensor, LittleEndian.ofInts(new int[] {own}));
  }

  @Override
  public Outcome replay(DecodeTensor tensor, Bytes input) {
    return honest.replay(tensor, input);
  }

  @Override
  public Outcome.Closed close() {
    return honest.close();
  }
}
