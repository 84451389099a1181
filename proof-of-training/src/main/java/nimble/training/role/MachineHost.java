package nimble.training.role;

import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.vm.Floats;
import nimble.vm.Machine;
import nimble.vm.Replay;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.StageState;
import org.jspecify.annotations.Nullable;

/// A hosted stage on a [Machine]: the weights alone, without what training needs beside them.
public final class MachineHost implements HostWork {
  private final Machine machine;
  private final StageSpec spec;
  private final Hash root;
  private final BaseWork base;
  private @Nullable Floats weights;
  private @Nullable StageProgram program;
  private @Nullable Decoder decoder;

  public MachineHost(Machine machine, HostSeat seat) {
    this.machine = machine;
    StageSpec stage = seat.stage();
    spec = new StageSpec(stage.model(), stage.firstLayer(), stage.endLayer(), 1);
    root = seat.root();
    base = new BaseWork(spec, seat.base());
  }

  @Override
  public BaseWork base() {
    return base;
  }

  @Override
  public Outcome.Ready load(Bytes checkpoint) {
    try (StageState state = CheckpointBlob.load(spec, checkpoint, root)) {
      Floats own = Floats.zeros(state.weights().count());
      own.copyFrom(state.weights());
      StageProgram loaded = machine.load(spec, own, base.part());
      weights = own;
      program = loaded;
      decoder = new Decoder(loaded);
      return new Outcome.Ready(0);
    } catch (Malformed e) {
      throw new IllegalArgumentException("not a checkpoint of this stage: " + e.getMessage(), e);
    }
  }

  @Override
  public Outcome.Turned decode(List<Decoder.Turn> turns) {
    Invariant.check(decoder != null, "decodes before it has loaded");
    return new Outcome.Turned(decoder == null ? List.of() : decoder.decode(turns));
  }

  @Override
  public Outcome replay(DecodeTensor tensor, Bytes input) {
    int each = spec.inWidth() * Float.BYTES;
    int positions = input.size() / each;
    if (program == null
        || positions < 1
        || positions > spec.model().context()
        || positions * each != input.size()) {
      return new Outcome.DecodeRefused(tensor, "%d bytes to replay".formatted(input.size()));
    }
    Replay.Pass pass = Replay.of(program, input, seed(tensor));
    return new Outcome.Replayed(tensor, spec.last() ? Bytes.EMPTY : pass.outputs(), pass.replay());
  }

  /// Of the projections: another one for every request.
  private static Hash seed(DecodeTensor tensor) {
    return Hashing.of(
        "replay-seed",
        Writer.encode(writer -> {
          tensor.job().write(writer);
          tensor.gateway().write(writer);
          writer.u64(tensor.request());
        }));
  }

  @Override
  public Outcome.Closed close() {
    if (decoder != null) {
      decoder.close();
      decoder = null;
      program = null;
    }
    if (weights != null) {
      weights.close();
      weights = null;
    }
    base.drop();
    return new Outcome.Closed();
  }
}
