package nimble.training.role.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
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

  /// @param step training steps first, then validation batches
  /// @param seed of the audit
  /// @param blobs gives those of [#wanted], whole
  /// @param data the data set; needed for the first and the last stage
  /// @throws Malformed when a blob is not of the size that was committed to, or the start state is
  ///   another
  public Evidence assemble(
      int step, Hash seed, Function<BlobName, Bytes> blobs, Optional<DataSet> data)
      throws Malformed {
    Optional<Bytes> start = index.start().map(blobs);
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
      int step, Hash seed, Function<BlobName, Bytes> blobs, Optional<DataSet> data)
      throws Malformed {
    Hash standing = claimed.stateRootBefore().orElseThrow();
    return assemble(new Evidence.Start.Standing(standing), step, seed, blobs, data);
  }

  private Evidence assemble(
      Evidence.Start start,
      int step,
      Hash seed,
      Function<BlobName, Bytes> blobs,
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

  private static Bytes whole(Hash hash, int bytes, Function<BlobName, Bytes> blobs)
      throws Malformed {
    Bytes blob = blobs.apply(new BlobName(hash, bytes));
    if (blob.size() != bytes) {
      throw new Malformed("a blob of %d bytes, must be %d".formatted(blob.size(), bytes));
    }
    return blob;
  }

  private Evidence.Start kept(Bytes blob) throws Malformed {
    Evidence.Start.Kept start = CheckpointBlob.read(plan.stages().get(stage), blob);
    if (!claimed.stateRootBefore().equals(Optional.of(start.manifest().root()))) {
      throw new Malformed("the start state is not the one that the round before ended with");
    }
    return start;
  }

  private List<Evidence.Step> steps(Function<BlobName, Bytes> blobs) throws Malformed {
    int size = RoundShape.of(plan, stage, round).gradientBytes();
    List<Evidence.Step> steps = new ArrayList<>();
    for (StepLeaf leaf : index.steps()) {
      if (leaf instanceof StepLeaf.Trained(Hash hash, Norms norms, int factorBits, var _)) {
        long squareBits = norms.bits().get(stage);
        steps.add(new Evidence.Step(whole(hash, size, blobs), squareBits, factorBits));
      }
    }
    return steps;
  }

  private List<Evidence.MicroBatch> microBatches(
      int step, Function<BlobName, Bytes> blobs, Optional<DataSet> data) throws Malformed {
    StageSpec spec = plan.stages().get(stage);
    List<Evidence.MicroBatch> all = new ArrayList<>();
    for (int i = 0; i < plan.microBatches(); i++) {
      int microBatch = i;
      int place = step * plan.microBatches() + i;
      Optional<DataSet.Example> example =
          data.map(text -> plan.example(text, spec, round, step, microBatch));
      Crossed left =
          spec.first()
              ? new Crossed(example.orElseThrow().inputs(), Bytes.EMPTY)
              : crossed(index.left().get(place), spec.inputBytes(), blobs);
      Crossed right =
          spec.last()
              ? new Crossed(Evidence.MicroBatch.loss(index.lossBits().get(place)), Bytes.EMPTY)
              : crossed(index.right().get(place), spec.outputBytes(), blobs);
      Bytes labels = spec.last() ? example.orElseThrow().labels() : Bytes.EMPTY;
      all.add(new Evidence.MicroBatch(left.down(), left.up(), right.down(), right.up(), labels));
    }
    return all;
  }

  private static Crossed crossed(EdgeLeaf leaf, int bytes, Function<BlobName, Bytes> blobs)
      throws Malformed {
    Bytes up = leaf.up().isPresent() ? whole(leaf.up().get(), bytes, blobs) : Bytes.EMPTY;
    return new Crossed(whole(leaf.down(), bytes, blobs), up);
  }

  /// What went over one edge for one micro-batch.
  private record Crossed(Bytes down, Bytes up) {}
}
