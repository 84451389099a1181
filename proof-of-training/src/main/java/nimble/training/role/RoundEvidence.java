package nimble.training.role;

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
import nimble.vm.Evidence;
import nimble.vm.StepGradient;
import nimble.vm.TextData;

/// Puts together what redoing a step takes ([nimble.vm.StageAudit]), and checks every byte against
/// what the stage committed to. The stage's word is never taken for inputs and labels.
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

  private static OptionalInt mean(List<Integer> bits) {
    return bits.isEmpty() ? OptionalInt.empty() : OptionalInt.of(nimble.vm.Losses.mean(bits));
  }

  /// The blobs to fetch for `step`.
  public List<BlobName> wanted(int step) {
    return Stream.of(
            index.start(), Optional.of(index.gradients()), Optional.of(index.edges().get(step)))
        .flatMap(Optional::stream)
        .filter(blob -> blob.bytes() > 0)
        .toList();
  }

  /// @param step training steps first, then validation batches
  /// @param seed of the audit
  /// @param blobs gives those of [#wanted], whole
  /// @param data the data set; needed for the first and the last stage
  /// @throws Malformed when a blob does not hold what was committed to
  public Evidence assemble(
      int step, Hash seed, Function<BlobName, Bytes> blobs, Optional<TextData> data)
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
      int step, Hash seed, Function<BlobName, Bytes> blobs, Optional<TextData> data)
      throws Malformed {
    Hash standing = claimed.stateRootBefore().orElseThrow();
    return assemble(new Evidence.Start.Standing(standing), step, seed, blobs, data);
  }

  private Evidence assemble(
      Evidence.Start start,
      int step,
      Hash seed,
      Function<BlobName, Bytes> blobs,
      Optional<TextData> data)
      throws Malformed {
    return new Evidence(
        start,
        plan.rounds().firstStep(round),
        steps(whole(index.gradients(), blobs)),
        claimed.roots().stateRootAfter(),
        step,
        microBatches(step, whole(index.edges().get(step), blobs), data),
        seed);
  }

  private static Bytes whole(BlobName name, Function<BlobName, Bytes> blobs) throws Malformed {
    Bytes blob = name.bytes() == 0 ? Bytes.EMPTY : blobs.apply(name);
    if (blob.size() != name.bytes()) {
      throw new Malformed("a blob of %d bytes, must be %d".formatted(blob.size(), name.bytes()));
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

  private List<Evidence.Step> steps(Bytes blob) throws Malformed {
    int size = RoundShape.of(plan, stage, round).gradientBytes();
    List<Evidence.Step> steps = new ArrayList<>();
    for (StepLeaf leaf : index.steps()) {
      if (leaf instanceof StepLeaf.Trained(Hash hash, long squareBits, int factorBits, var _)) {
        Bytes gradient = blob.slice(steps.size() * size, (steps.size() + 1) * size);
        if (!StepGradient.hash(gradient).equals(hash)) {
          throw new Malformed("the gradient of step %d is another".formatted(steps.size()));
        }
        steps.add(new Evidence.Step(gradient, squareBits, factorBits));
      }
    }
    return steps;
  }

  private List<Evidence.MicroBatch> microBatches(int step, Bytes blob, Optional<TextData> data)
      throws Malformed {
    RoundShape shape = RoundShape.of(plan, stage, round);
    Cut cut = new Cut(blob);
    List<Evidence.MicroBatch> all = new ArrayList<>();
    for (int i = 0; i < shape.microBatches(); i++) {
      int microBatch = i;
      int place = step * shape.microBatches() + i;
      Optional<TextData.Example> example =
          data.map(text -> plan.example(text, shape.stage(), round, step, microBatch));
      Bytes input = Bytes.EMPTY;
      Bytes inputGradient = Bytes.EMPTY;
      if (shape.stage().first()) {
        input = example.orElseThrow().inputs();
      } else {
        EdgeLeaf leaf = index.left().get(place);
        input = cut.next(shape.stage().inputBytes(), leaf.down());
        inputGradient = cut.next(shape.stage().inputBytes(), leaf.up());
      }
      if (shape.stage().last()) {
        Bytes loss = Evidence.MicroBatch.loss(index.lossBits().get(place));
        Bytes labels = example.orElseThrow().labels();
        all.add(new Evidence.MicroBatch(input, inputGradient, loss, Bytes.EMPTY, labels));
      } else {
        EdgeLeaf leaf = index.right().get(place);
        Bytes output = cut.next(shape.stage().outputBytes(), leaf.down());
        Bytes outputGradient = cut.next(shape.stage().outputBytes(), leaf.up());
        all.add(new Evidence.MicroBatch(input, inputGradient, output, outputGradient, Bytes.EMPTY));
      }
    }
    return all;
  }

  /// A blob of tensors, cut from its front.
  private static final class Cut {
    private final Bytes blob;
    private int at;

    Cut(Bytes blob) {
      this.blob = blob;
    }

    Bytes next(int size, Optional<Hash> expected) throws Malformed {
      return expected.isPresent() ? next(size, expected.get()) : Bytes.EMPTY;
    }

    Bytes next(int size, Hash expected) throws Malformed {
      Bytes tensor = blob.slice(at, at + size);
      at += size;
      if (!EdgeLeaf.hash(tensor).equals(expected)) {
        throw new Malformed("a tensor is not the one that was committed to");
      }
      return tensor;
    }
  }
}
