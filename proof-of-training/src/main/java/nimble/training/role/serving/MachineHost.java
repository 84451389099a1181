package nimble.training.role.serving;

import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.training.ServedStage;
import nimble.training.role.BaseWork;
import nimble.training.role.DecodeTensor;
import nimble.training.role.Outcome;
import nimble.vm.Machine;
import nimble.vm.StageSpec;
import nimble.vm.audit.Tolerance;
import nimble.vm.generation.Replay;
import nimble.vm.generation.ReplayAudit;
import nimble.vm.generation.Row;
import nimble.vm.training.Probe;
import org.jspecify.annotations.Nullable;

/// A hosted stage on a [Machine]: the weights alone, without what training needs beside them.
public final class MachineHost implements HostWork {
  private final Machine machine;
  private final ServedStage stage;
  private final StageSpec spec;
  private final BaseWork base;
  private final double choices;
  private @Nullable ServedProgram loaded;
  private @Nullable Decoder decoder;

  /// @param tolerance of the network, across classes
  public MachineHost(Machine machine, HostSeat seat, Tolerance tolerance) {
    this.machine = machine;
    stage = seat.stage();
    spec = stage.spec();
    base = new BaseWork(stage);
    choices = ReplayAudit.choiceTolerance(tolerance);
  }

  @Override
  public BaseWork base() {
    return base;
  }

  @Override
  public Outcome.Ready load(Optional<ByteSource> checkpoint) {
    try {
      ServedProgram served = ServedProgram.load(machine, stage, checkpoint, base);
      loaded = served;
      if (stage.trained().isEmpty()) {
        // All of it was copied.
        base.drop();
      }
      decoder = new Decoder(served.program());
      return new Outcome.Ready(0);
    } catch (Malformed e) {
      throw new IllegalArgumentException("not the weights of this stage: " + e.getMessage(), e);
    }
  }

  @Override
  public Outcome.Turned decode(List<Decoder.Turn> turns) {
    Invariant.check(decoder != null, "decodes before it has loaded");
    return new Outcome.Turned(decoder == null ? List.of() : decoder.decode(turns));
  }

  @Override
  public Outcome.Probed probe() {
    return new Outcome.Probed(Probe.replays(machine, spec, stage.weights()));
  }

  @Override
  public Outcome replay(DecodeTensor tensor, Bytes input) {
    ServedProgram served = loaded;
    try {
      Reader reader = new Reader(input);
      Row row = Row.read(reader);
      Bytes vectors = spec.takesTokens() ? row.input() : reader.fixed(reader.remaining());
      if (served == null || !fits(row, vectors)) {
        throw new Malformed("%d bytes to replay".formatted(input.size()));
      }
      Replay.Pass pass = Replay.of(served.program(), row, vectors);
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
    if (decoder != null && loaded != null) {
      decoder.close();
      loaded.weights().close();
      decoder = null;
      loaded = null;
    }
    base.drop();
    return new Outcome.Closed();
  }
}
