package nimble.node.work;

import java.util.Collections;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.function.Function;
import nimble.chain.SignedWorkCall;
import nimble.chain.WorkCall;
import nimble.codec.ByteSource;
import nimble.crypto.SigningKey;
import nimble.node.chain.FinalizedState;
import nimble.node.chain.Reporter;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Timers;
import nimble.training.role.Outcome;
import nimble.training.role.SendTensor;
import nimble.training.role.Task;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What the owners of miners and auditors do alike with a node's chain, network, compute pool and
/// shelf. What they asked for comes back as an input of their state machine.
///
/// @param <I> inputs of the state machine
public final class Workplace<I> {
  /// What it is made of.
  ///
  /// @param submit takes signed work calls to the chain
  /// @param neighbours told whom this node must be connected to
  public record Parts(
      ChainId chain,
      SigningKey hotKey,
      FinalizedState state,
      Tensors tensors,
      Compute compute,
      Blobs blobs,
      Evidence evidence,
      Timers timers,
      Mailbox<SignedWorkCall> submit,
      Consumer<SortedSet<PublicKey>> neighbours,
      Reporter reporter) {}

  private final Parts parts;
  private final Mailbox<I> self;
  private SortedSet<PublicKey> neighbours = Collections.emptySortedSet();

  Workplace(Parts parts, Mailbox<I> self) {
    this.parts = parts;
    this.self = self;
  }

  Parts parts() {
    return parts;
  }

  void neighbours(SortedSet<PublicKey> now) {
    if (!now.equals(neighbours)) {
      neighbours = now;
      parts.neighbours().accept(now);
    }
  }

  void send(SendTensor tensor) {
    parts.tensors().send(tensor);
  }

  /// A call that finds no room is submitted again: roles ask until they see it on chain.
  void submit(WorkCall call) {
    parts.submit().offer(SignedWorkCall.by(parts.hotKey(), parts.chain(), call));
  }

  void compute(Task task, Function<Outcome, I> done, Function<String, I> failed) {
    parts
        .compute()
        .run(
            task,
            (outcome, thrown) ->
                answer(
                    outcome == null ? failed.apply(String.valueOf(thrown)) : done.apply(outcome)));
  }

  void fetch(Hash manifest, Function<ByteSource, I> whole, Function<String, I> failed) {
    parts.blobs().fetch(manifest, Blobs.BYTES_MAX, result -> answer(input(result, whole, failed)));
  }

  void fetch(Evidence.Order order, Function<ByteSource, I> whole, Function<String, I> failed) {
    parts.evidence().fetch(order, result -> answer(input(result, whole, failed)));
  }

  void after(long millis, I input) {
    parts.timers().after(millis, () -> answer(input));
  }

  /// Answers must arrive: a full inbox delays them, and loses none.
  void answer(I input) {
    if (!self.offer(input)) {
      after(1, input);
    }
  }

  private static <I> I input(
      Blobs.Fetched result, Function<ByteSource, I> whole, Function<String, I> failed) {
    return switch (result) {
      case Blobs.Fetched.Whole(ByteSource data) -> whole.apply(data);
      case Blobs.Fetched.Failed(String reason) -> failed.apply(reason);
    };
  }
}
