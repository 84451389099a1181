package nimble.training.role.miner;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.blob.Blob;
import nimble.check.Invariant;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.training.Audit;
import nimble.training.dispute.Dispute;
import nimble.training.dispute.Move;
import nimble.training.role.BaseWork;
import nimble.training.role.DecodeTensor;
import nimble.training.role.DisputedStep;
import nimble.training.role.Outcome;
import nimble.training.role.evidence.BlobName;
import nimble.training.role.evidence.CheckpointBlob;
import nimble.training.role.evidence.Norms;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RoundEvidence;
import nimble.training.role.evidence.StateBlob;
import nimble.training.role.serving.Decoder;
import nimble.types.Hash;
import nimble.vm.Machine;
import nimble.vm.StageProgram.LossGradient;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.audit.Evidence;
import nimble.vm.audit.StageAudit;
import nimble.vm.audit.Tolerance;
import nimble.vm.data.DataSet;
import nimble.vm.training.ClipFactor;
import nimble.vm.training.Probe;
import nimble.vm.training.StageState;
import nimble.vm.training.StageTrainer;
import nimble.vm.training.StepGradient;
import org.jspecify.annotations.Nullable;

/// A stage that does what it should, on a [Machine].
public final class MachineWork implements StageWork {
  private static final int MID_ROUND = -1;

  private final Machine machine;
  private final Plan plan;
  private final StageSpec spec;
  private final TrainingSpec training;
  private final BaseWork base;
  private final Books books;
  private final Tolerance tolerance;
  private final SortedMap<Integer, StateBlob> starts = new TreeMap<>();
  private int standsAt = MID_ROUND;
  private @Nullable DataSet data;
  private @Nullable StageTrainer trainer;
  private @Nullable StepGradient gradient;
  private @Nullable Decoder decoder;

  /// @param tolerance of the network, across classes
  public MachineWork(Machine machine, Plan plan, int stage, Tolerance tolerance) {
    this.machine = machine;
    this.plan = plan;
    spec = plan.stages().get(stage);
    training = plan.training();
    base = new BaseWork(plan, stage);
    books = new Books(spec.last());
    this.tolerance = tolerance;
  }

  @Override
  public Outcome.Probed probe() {
    return new Outcome.Probed(Probe.measure(machine, spec, training, plan.beacon()));
  }

  @Override
  public BaseWork base() {
    return base;
  }

  @Override
  public Outcome.Ready start(ByteSource text) {
    if (spec.first() || spec.last()) {
      data = plan.open(text);
    }
    return begin(0, StageState.initial(spec, training.seed(), base.part()));
  }

  @Override
  public Outcome.Ready load(int round, Hash root, ByteSource checkpoint) {
    StateBlob blob = new StateBlob(root, Blob.of(checkpoint));
    try {
      StageState state = CheckpointBlob.load(spec, checkpoint, root);
      if (state.step() != plan.stepsBehind(round)) {
        state.close();
        throw new Malformed("it is one of step %d".formatted(state.step()));
      }
      Outcome.Ready ready = begin(round, state);
      starts.put(round, blob);
      return ready;
    } catch (Malformed e) {
      throw new IllegalArgumentException("not a checkpoint of this stage: " + e.getMessage(), e);
    }
  }

  @Override
  public Outcome restore(int round, Optional<Hash> root) {
    if (root.isEmpty()) {
      return begin(round, StageState.initial(spec, training.seed(), base.part()));
    }
    StateBlob start = starts.get(round);
    if (start != null && Optional.of(start.root()).equals(root) && standsAt == round) {
      return new Outcome.Ready(round);
    }
    return start == null || !Optional.of(start.root()).equals(root)
        ? new Outcome.Absent(round)
        : load(round, start.root(), start.blob().whole());
  }

  private Outcome.Ready begin(int round, StageState state) {
    books.clear();
    gradient = null;
    closeDecoder();
    closeTrainer();
    trainer = new StageTrainer(machine, training, state, base.part());
    standsAt = round;
    return new Outcome.Ready(round);
  }

  @Override
  public Outcome.Forwarded forward(int round, int step, int microBatch, Bytes input) {
    standsAt = MID_ROUND;
    Bytes x = spec.first() ? example(round, step, microBatch).inputs() : edge(input);
    Bytes y = plan.trains(round, step) ? trainer().forward(microBatch, x) : trainer().infer(x);
    books.right().down(y);
    validated(round, step, microBatch);
    return new Outcome.Forwarded(microBatch, y);
  }

  @Override
  public Outcome.Backed backward(int microBatch, Bytes outputGradient) {
    books.right().up(outputGradient);
    return back(microBatch, trainer().backward(microBatch, outputGradient));
  }

  @Override
  public Outcome.Backed train(int round, int step, int microBatch, Bytes input) {
    standsAt = MID_ROUND;
    DataSet.Example example = example(round, step, microBatch);
    Bytes x = spec.first() ? example.inputs() : edge(input);
    if (plan.trains(round, step)) {
      LossGradient result = trainer().train(microBatch, x, example.labels());
      books.loss(result.lossBits());
      return back(microBatch, result.inputGradient());
    }
    books.loss(trainer().loss(x, example.labels()));
    validated(round, step, microBatch);
    return new Outcome.Backed(microBatch, Bytes.EMPTY);
  }

  @Override
  public Outcome.Summed sum() {
    StepGradient summed = trainer().gradient();
    gradient = summed;
    return new Outcome.Summed(summed.squareBits());
  }

  @Override
  public Outcome.Stepped update(int round, int step, Norms norms) {
    StepGradient summed = present(gradient);
    ClipFactor factor = ClipFactor.of(training, norms.bits());
    trainer().apply(summed, factor);
    gradient = null;
    return books.trained(summed, norms, factor);
  }

  @Override
  public Outcome.WrittenUp writeUp() {
    return books.writeUp();
  }

  @Override
  public Outcome.Rounded endRound(int round, int keepFrom) {
    StateBlob end = CheckpointBlob.export(trainer().state());
    Outcome.Rounded rounded =
        books.close(
            round, Optional.ofNullable(starts.get(round)).map(it -> BlobName.of(it.blob())), end);
    starts.headMap(keepFrom).clear();
    starts.put(round + 1, end);
    books.clear();
    standsAt = round + 1;
    return rounded;
  }

  @Override
  public Outcome.Exported export(int round) {
    Invariant.check(standsAt == round, "at round %d, not %d", standsAt, round);
    starts.clear();
    return new Outcome.Exported(CheckpointBlob.export(trainer().state()));
  }

  @Override
  public Outcome.Reviewed review(
      Audit audit, RoundEvidence evidence, SortedMap<Hash, ? extends ByteSource> blobs) {
    try (StageAudit bench = new StageAudit(machine, spec, training, tolerance, base.part())) {
      Evidence all =
          evidence.assemble(
              audit.step(), audit.seed(), name -> present(blobs.get(name.manifest())), text(blobs));
      boolean right = bench.audit(all, true).finding() == StageAudit.Finding.EQUAL;
      return new Outcome.Reviewed(audit.id(), right);
    } catch (Malformed e) {
      throw new IllegalStateException("evidence that we kept is damaged", e);
    }
  }

  @Override
  public Outcome.Played defend(
      Audit audit,
      RoundEvidence evidence,
      SortedMap<Hash, ? extends ByteSource> blobs,
      Dispute dispute) {
    try {
      Evidence all =
          evidence.assemble(
              audit.step(), audit.seed(), name -> present(blobs.get(name.manifest())), text(blobs));
      Optional<Move> move = DisputedStep.move(machine, plan, spec, all, true, dispute, base.part());
      return new Outcome.Played(audit.id(), dispute.moves(), move);
    } catch (Malformed e) {
      throw new IllegalStateException("evidence that we kept is damaged", e);
    }
  }

  /// What was read at the start, or comes with the evidence.
  private Optional<DataSet> text(SortedMap<Hash, ? extends ByteSource> blobs) {
    return Optional.ofNullable(data)
        .or(() -> Optional.ofNullable(blobs.get(plan.data().manifest())).map(plan::open));
  }

  @Override
  public Outcome decode(DecodeTensor tensor, Bytes input) {
    Decoder present = decoder;
    if (present == null) {
      present = new Decoder(machine.load(spec, trainer().state().weights(), base.part()));
      decoder = present;
    }
    return present.decode(List.of(new Decoder.Turn(tensor, input))).getFirst();
  }

  @Override
  public Outcome.Closed close() {
    closeDecoder();
    closeTrainer();
    base.drop();
    starts.clear();
    return new Outcome.Closed();
  }

  private Outcome.Backed back(int microBatch, Bytes inputGradient) {
    if (!spec.first()) {
      books.left().up(inputGradient);
    }
    return new Outcome.Backed(microBatch, inputGradient);
  }

  private Bytes edge(Bytes input) {
    books.left().down(input);
    return input;
  }

  private void validated(int round, int step, int microBatch) {
    if (!plan.trains(round, step) && microBatch == plan.microBatches() - 1) {
      books.validated();
    }
  }

  /// Inputs and labels come from the data set by the order rule, never from a peer.
  private DataSet.Example example(int round, int step, int microBatch) {
    return plan.example(present(data), spec, round, step, microBatch);
  }

  /// It reads the trainer's weights.
  private void closeDecoder() {
    if (decoder != null) {
      decoder.close();
      decoder = null;
    }
  }

  private void closeTrainer() {
    StageTrainer present = trainer;
    if (present != null) {
      StageState state = present.state();
      present.close();
      state.close();
      trainer = null;
    }
  }

  private StageTrainer trainer() {
    return present(trainer);
  }

  private static <T> T present(@Nullable T value) {
    Invariant.check(value != null, "asked for before it was there");
    return Optional.ofNullable(value).orElseThrow();
  }
}
