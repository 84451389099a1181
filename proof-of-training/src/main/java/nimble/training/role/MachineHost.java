package nimble.training.role;

import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.types.Hash;
import nimble.vm.Machine;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.audit.Tolerance;
import nimble.vm.generation.Replay;
import nimble.vm.generation.ReplayAudit;
import nimble.vm.generation.Row;
import nimble.vm.tensor.Floats;
import nimble.vm.training.Probe;
import nimble.vm.training.StageState;
import org.jspecify.annotations.Nullable;

/// A hosted stage on a [Machine]: the weights alone, without what training needs beside them.
public final class MachineHost implements HostWork {
  private final Machine machine;
  private final StageSpec spec;
  private final Hash root;
  private final BaseWork base;
  private final double choices;
  private @Nullable Floats weights;
  private @Nullable StageProgram program;
  private @Nullable Decoder decoder;

  /// @param tolerance of the network, across classes
  public MachineHost(Machine machine, HostSeat seat, Tolerance tolerance) {
    this.machine = machine;
    StageSpec stage = seat.stage();
    spec = new StageSpec(stage.model(), stage.firstLayer(), stage.endLayer(), 1);
    root = seat.root();
    base = new BaseWork(spec, seat.base());
    choices = ReplayAudit.choiceTolerance(tolerance);
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
  public Outcome.Probed probe() {
    return new Outcome.Probed(Probe.replays(machine, spec, root));
  }

  @Override
  public Outcome replay(DecodeTensor tensor, Bytes input) {
    StageProgram loaded = program;
    try {
      Reader reader = new Reader(input);
      Row row = Row.read(reader);
      Bytes vectors = spec.takesTokens() ? row.input() : reader.fixed(reader.remaining());
      if (loaded == null || !fits(row, vectors)) {
        throw new Malformed("%d bytes to replay".formatted(input.size()));
      }
      Replay.Pass pass = Replay.of(loaded, row, vectors);
      if (spec.last() && !row.isFair(pass.outputs(), choices)) {
        return new Outcome.DecodeRefused(tensor, "the row is none that this host chose");
      }
      Bytes output = spec.last() ? Bytes.EMPTY : pass.outputs();
      return new Outcome.Replayed(tensor, row, vectors, output, pass.replay());
    } catch (Malformed e) {
      return new Outcome.DecodeRefused(tensor, e.reason());
    }
  }

  private boolean fits(Row row, Bytes vectors) {
    int vocabulary = spec.model().head().outWidth();
    return row.positions() <= spec.model().context()
        && vectors.size() == row.positions() * spec.inWidth() * Float.BYTES
        && row.ids().stream().allMatch(id -> id < vocabulary);
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
