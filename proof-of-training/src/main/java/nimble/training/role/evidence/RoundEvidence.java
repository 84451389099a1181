package nimble.training.role.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import nimble.check.Invariant;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.training.ClosedStage;
import nimble.training.Losses;
import nimble.types.Hash;
import nimble.vm.StageSpec;
import nimble.vm.audit.Evidence;
import nimble.vm.data.DataSet;
import nimble.vm.training.ClipFactor;

/// Puts together what redoing a step takes ([nimble.vm.audit.StageAudit]), and checks every byte
/// against what the stage committed to. The stage's word is never taken for inputs and labels.
///
/// @param index without a [RoundIndex#problem]
/// @param claimed the round on chain
public record RoundEvidence(
    Plan plan, int stage, int round, RoundIndex index, ClosedStage claimed) {
  /// Whether the last stage committed to the means of its losses. Exact, as the index is.
  public boolean lossesAddUp() {
    RoundShape shape = RoundShape.of(plan, stage, round);
    List<Integer> bits = index.lossBits();
    int trained = shape.trained() * shape.microBatches();
    return !shape.stage().last()
        || claimed
            .roots()
            .losses()
            .equals(
                new Losses(
                    mean(bits.subList(0, trained)), mean(bits.subList(trained, bits.size()))));
  }

  /// Whether the gradients were multiplied with what follows from the announced norms.
  public boolean factorsAddUp() {
    return index.steps().stream()
        .allMatch(leaf ->
            switch (leaf) {
              case StepLeaf.Trained(var _, Norms norms, int factorBits, var _) ->
                  factorBits == ClipFactor.of(plan.training(), norms.bits()).bits();
              case StepLeaf.Validated _ -> true;
            });
  }

  private static OptionalInt mean(List<Integer> bits) {
    return bits.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(nimble.vm.training.Losses.mean(bits));
  }

  /// The blobs to fetch for `step`. What a blob is named by has been committed to, but for the
  /// start state: who has fetched it has checked it.
  public List<BlobName> wanted(int step) {
    RoundShape shape = RoundShape.of(plan, stage, round);
    Stream<BlobName> gradients =
        index.steps().stream()
            .flatMap(leaf -> gradient(leaf).stream())
            .map(hash -> new BlobName(hash, shape.gradientBytes()));
    Stream<BlobName> left = crossed(index.left(), step, shape.stage().inputBytes());
    Stream<BlobName> right = crossed(index.right(), step, shape.stage().outputBytes());
    return Stream.of(index.start().stream(), gradients, left, right)
        .flatMap(Function.identity())
        .distinct()
        .toList();
  }

  private static Optional<Hash> gradient(StepLeaf leaf) {
    return leaf instanceof StepLeaf.Trained trained
        ? Optional.of(trained.gradient())
        : Optional.empty();
  }

  private Stream<BlobName> crossed(List<EdgeLeaf> edge, int step, int bytes) {
    int from = Math.min(edge.size(), step * plan.microBatches());
    int to = Math.min(edge.size(), from + plan.microBatches());
    return edge.subList(from, to).stream()
        .flatMap(leaf -> Stream.concat(Stream.of(leaf.down()), leaf.up().stream()))
        .map(hash -> new BlobName(hash, bytes));
  }

  /// What an audit redoes. No more of it is read at a time than the step takes that is being
  /// redone.
  ///
  /// @param step training steps first, then validation batches
  /// @param seed of the audit
  /// @param blobs gives those of [#wanted]
  /// @param data the data set; needed for the first and the last stage
  /// @throws Malformed when a blob is not of the size that was committed to, or the start state is
  ///   another
  public Evidence assemble(
      int step, Hash seed, Function<BlobName, ? extends ByteSource> blobs, Optional<DataSet> data)
      throws Malformed {
    Optional<ByteSource> start = index.start().map(blobs);
    return assemble(
        start.isPresent() ? kept(start.get()) : new Evidence.Start.Initial(),
        step,
        seed,
        blobs,
        data);
  }

  /// As [#assemble], for a bench that stands at the round's start already: the start's blob is not
  /// asked for.
  public Evidence assembleOn(
      int step, Hash seed, Function<BlobName, ? extends ByteSource> blobs, Optional<DataSet> data)
      throws Malformed {
    Hash standing = claimed.stateRootBefore().orElseThrow();
    return assemble(new Evidence.Start.Standing(standing), step, seed, blobs, data);
  }

  private Evidence assemble(
      Evidence.Start start,
      int step,
      Hash seed,
      Function<BlobName, ? extends ByteSource> blobs,
      Optional<DataSet> data)
      throws Malformed {
    return new Evidence(
        start,
        plan.rounds().firstStep(round),
        steps(blobs),
        claimed.roots().stateRootAfter(),
        step,
        microBatches(step, blobs, data),
        seed);
  }

  private static ByteSource sized(
      Hash hash, int bytes, Function<BlobName, ? extends ByteSource> blobs) throws Malformed {
    ByteSource blob = blobs.apply(new BlobName(hash, bytes));
    if (blob.length() != bytes) {
      throw new Malformed("a blob of %d bytes, must be %d".formatted(blob.length(), bytes));
    }
    return blob;
  }

  private Evidence.Start kept(ByteSource blob) throws Malformed {
    Evidence.Start.Kept start = CheckpointBlob.read(plan.stages().get(stage), blob);
    if (!claimed.stateRootBefore().equals(Optional.of(start.manifest().root()))) {
      throw new Malformed("the start state is not the one that the round before ended with");
    }
    return start;
  }

  private List<Evidence.Step> steps(Function<BlobName, ? extends ByteSource> blobs)
      throws Malformed {
    int size = RoundShape.of(plan, stage, round).gradientBytes();
    List<StepLeaf.Trained> leaves = new ArrayList<>();
    List<ByteSource> gradients = new ArrayList<>();
    for (StepLeaf leaf : index.steps()) {
      if (leaf instanceof StepLeaf.Trained trained) {
        leaves.add(trained);
        gradients.add(sized(trained.gradient(), size, blobs));
      }
    }
    return new OnDemand<>(
        leaves.size(),
        i ->
            new Evidence.Step(
                gradients.get(i).whole(),
                leaves.get(i).norms().bits().get(stage),
                leaves.get(i).factorBits()));
  }

  private List<Evidence.MicroBatch> microBatches(
      int step, Function<BlobName, ? extends ByteSource> blobs, Optional<DataSet> data)
      throws Malformed {
    StageSpec spec = plan.stages().get(stage);
    Invariant.check(data.isPresent() || !(spec.first() || spec.last()), "no data for %s", spec);
    List<Crossed> left = new ArrayList<>();
    List<Crossed> right = new ArrayList<>();
    for (int i = 0; i < plan.microBatches(); i++) {
      int place = step * plan.microBatches() + i;
      left.add(
          spec.first()
              ? Crossed.NOTHING
              : crossed(index.left().get(place), spec.inputBytes(), blobs));
      Bytes loss =
          spec.last() ? Evidence.MicroBatch.loss(index.lossBits().get(place)) : Bytes.EMPTY;
      right.add(
          spec.last()
              ? new Crossed(loss, Bytes.EMPTY)
              : crossed(index.right().get(place), spec.outputBytes(), blobs));
    }
    return new OnDemand<>(
        plan.microBatches(),
        i -> {
          Optional<DataSet.Example> example =
              data.map(text -> plan.example(text, spec, round, step, i));
          return new Evidence.MicroBatch(
              spec.first() ? example.orElseThrow().inputs() : left.get(i).down().whole(),
              left.get(i).up().whole(),
              right.get(i).down().whole(),
              right.get(i).up().whole(),
              spec.last() ? example.orElseThrow().labels() : Bytes.EMPTY);
        });
  }

  private static Crossed crossed(
      EdgeLeaf leaf, int bytes, Function<BlobName, ? extends ByteSource> blobs) throws Malformed {
    return new Crossed(
        sized(leaf.down(), bytes, blobs),
        leaf.up().isPresent() ? sized(leaf.up().get(), bytes, blobs) : Bytes.EMPTY);
  }

  /// What went over one edge for one micro-batch.
  private record Crossed(ByteSource down, ByteSource up) {
    static final Crossed NOTHING = new Crossed(Bytes.EMPTY, Bytes.EMPTY);
  }
}
