package nimble.node.work;

import java.util.List;
import nimble.chain.SignedWorkCall;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.SigningKey;
import nimble.ledger.StateView;
import nimble.node.chain.Reporter;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Owner;
import nimble.node.loop.Timers;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.training.role.Miner;
import nimble.training.role.MinerEffect;
import nimble.training.role.MinerInput;
import nimble.training.role.Progress;
import nimble.training.role.Seats;
import nimble.training.role.SendTensor;
import nimble.training.role.Task;
import nimble.training.role.TensorMessage;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;

/// Gives the miner's state machine its chain, network, compute pool and blobs.
public final class MinerOwner implements Owner<MinerOwner.Input> {
  /// What happens to the owner.
  public sealed interface Input {
    /// For the state machine, as it is.
    record Direct(MinerInput input) implements Input {}

    record Network(NetworkEvent event) implements Input {}

    /// A block is final.
    record Finalized(Moment now) implements Input {}
  }

  /// Told what a slot has to tell; must not block.
  @FunctionalInterface
  public interface ProgressListener {
    void progress(StageSlot slot, Progress progress);
  }

  /// What the owner is made of.
  ///
  /// @param state after the newest finalized block
  /// @param submit takes signed work calls to the chain
  public record Parts(
      ChainId chain,
      SigningKey hotKey,
      Miner miner,
      Seats seats,
      StateView state,
      Network network,
      Compute compute,
      Blobs blobs,
      Timers timers,
      Mailbox<SignedWorkCall> submit,
      Reporter reporter,
      ProgressListener progress) {}

  private final Parts parts;
  private final Mailbox<Input> self;

  public MinerOwner(Parts parts, Mailbox<Input> self) {
    this.parts = parts;
    this.self = self;
  }

  @Override
  public void turn(long nowMillis, List<Input> inputs) {
    for (Input input : inputs) {
      switch (input) {
        case Input.Direct(MinerInput direct) -> step(direct);
        case Input.Network(NetworkEvent event) -> network(event);
        case Input.Finalized(Moment now) ->
            step(new MinerInput.Finalized(now, parts.seats().in(parts.state())));
      }
    }
  }

  private void network(NetworkEvent event) {
    switch (event) {
      case NetworkEvent.PeerConnected connected ->
          step(new MinerInput.PeerConnected(connected.peer()));
      case NetworkEvent.Received received -> received(received.peer(), received.message());
      case NetworkEvent.PeerDisconnected _, NetworkEvent.Misbehaved _, NetworkEvent.Refused _ -> {}
    }
  }

  private void received(PublicKey peer, Message message) {
    try {
      TensorMessage tensor = TensorMessage.decode(message.payload());
      step(new MinerInput.TensorReceived(peer, tensor.name(), tensor.payload()));
    } catch (Malformed e) {
      parts.reporter().warn("tensor_malformed", "peer", peer, "reason", e.reason());
      parts.network().disconnect(peer, "tensor: " + e.reason());
    }
  }

  private void step(MinerInput input) {
    for (MinerEffect effect : parts.miner().handle(input)) {
      switch (effect) {
        case SendTensor tensor -> Tensors.send(parts.network(), tensor);
        case MinerEffect.Submit(WorkCall call) -> submit(call);
        case MinerEffect.Compute(StageSlot slot, long task, Task work) -> compute(slot, task, work);
        case MinerEffect.FetchData(Hash manifest) -> fetch(manifest);
        case MinerEffect.StoreBlob store ->
            parts
                .blobs()
                .store(
                    store.manifest(),
                    store.chunks(),
                    () -> answer(new MinerInput.BlobStored(store.slot(), store.manifest().id())));
        case MinerEffect.StartTimer(StageSlot slot, long millis) ->
            parts.timers().after(millis, () -> answer(new MinerInput.TimerFired(slot)));
        case MinerEffect.Report(StageSlot slot, Progress progress) -> report(slot, progress);
      }
    }
  }

  private void submit(WorkCall call) {
    Bytes preimage = SignedWorkCall.preimage(parts.chain(), call);
    // A call that finds no room is submitted again: the miner asks until it sees it on chain.
    parts.submit().offer(new SignedWorkCall(call, parts.hotKey().sign(preimage)));
  }

  private void compute(StageSlot slot, long task, Task work) {
    parts
        .compute()
        .run(
            work,
            (outcome, thrown) ->
                answer(
                    outcome == null
                        ? new MinerInput.ComputeFailed(slot, task, String.valueOf(thrown))
                        : new MinerInput.Computed(slot, task, outcome)));
  }

  private void fetch(Hash manifest) {
    parts
        .blobs()
        .fetch(
            manifest,
            result ->
                answer(
                    switch (result) {
                      case Blobs.Fetched.Whole(Bytes data) ->
                          new MinerInput.DataFetched(manifest, data);
                      case Blobs.Fetched.Failed(String reason) ->
                          new MinerInput.FetchFailed(manifest, reason);
                    }));
  }

  /// Answers must arrive: a full inbox delays them, and loses none.
  private void answer(MinerInput input) {
    if (!self.offer(new Input.Direct(input))) {
      parts.timers().after(1, () -> answer(input));
    }
  }

  private void report(StageSlot slot, Progress progress) {
    switch (progress) {
      case Progress.Stepped _ -> {}
      case Progress.Dropped _, Progress.Disagreed _, Progress.Failed _ ->
          parts.reporter().warn("stage", "slot", slot, "progress", progress);
      case Progress.Measured _, Progress.Agreed _, Progress.Restarted _, Progress.Serving _ ->
          parts.reporter().debug("stage", "slot", slot, "progress", progress);
    }
    parts.progress().progress(slot, progress);
  }
}
