package nimble.node.work;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import nimble.chain.SignedWorkCall;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.crypto.SigningKey;
import nimble.ledger.StateView;
import nimble.node.chain.Reporter;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Owner;
import nimble.node.loop.Timers;
import nimble.storage.Shelf;
import nimble.training.role.Miner;
import nimble.training.role.MinerEffect;
import nimble.training.role.MinerInput;
import nimble.training.role.Progress;
import nimble.training.role.Seat;
import nimble.training.role.Seats;
import nimble.training.role.SendTensor;
import nimble.training.role.Task;
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
  /// @param neighbours told whom this node must be connected to
  public record Parts(
      ChainId chain,
      SigningKey hotKey,
      Miner miner,
      Seats seats,
      StateView state,
      Tensors tensors,
      Compute compute,
      Blobs blobs,
      Evidence evidence,
      Timers timers,
      Mailbox<SignedWorkCall> submit,
      Consumer<SortedSet<PublicKey>> neighbours,
      Reporter reporter,
      ProgressListener progress) {}

  private static final long GATHER_PATIENCE_MILLIS = 10_000;

  private final Parts parts;
  private final Mailbox<Input> self;
  private SortedSet<PublicKey> neighbours = Collections.emptySortedSet();
  private boolean stopping;

  public MinerOwner(Parts parts, Mailbox<Input> self) {
    this.parts = parts;
    this.self = self;
  }

  @Override
  public void turn(long nowMillis, List<Input> inputs) {
    for (Input input : inputs) {
      switch (input) {
        case Input.Direct(MinerInput direct) -> {
          // Nothing else follows Stopping.
          if (!stopping
              || direct instanceof MinerInput.Computed
              || direct instanceof MinerInput.ComputeFailed) {
            step(direct);
          }
        }
        case Input.Finalized(Moment now) -> {
          if (!stopping) {
            finalized(now);
          }
        }
      }
    }
  }

  private void finalized(Moment now) {
    List<Seat> seats = parts.seats().in(parts.state());
    TreeSet<PublicKey> holders = new TreeSet<>();
    seats.forEach(seat -> holders.addAll(seat.stages()));
    if (!holders.equals(neighbours)) {
      neighbours = holders;
      parts.neighbours().accept(holders);
    }
    step(new MinerInput.Finalized(now, seats, parts.seats().retained(parts.state())));
  }

  /// What runs on the compute pool uses memory that is freed afterwards: it is waited for (O4).
  @Override
  public void stopping() {
    stopping = true;
    step(new MinerInput.Stopping());
  }

  @Override
  public boolean isIdle() {
    return parts.miner().idle();
  }

  private void step(MinerInput input) {
    for (MinerEffect effect : parts.miner().handle(input)) {
      switch (effect) {
        case SendTensor tensor -> parts.tensors().send(tensor);
        case MinerEffect.Submit(WorkCall call) -> submit(call);
        case MinerEffect.Compute(StageSlot slot, long task, Task work) -> compute(slot, task, work);
        case MinerEffect.FetchData(Hash manifest) -> fetch(manifest);
        case MinerEffect.StoreBlob store ->
            parts.blobs().store(store.manifest(), store.chunks(), () -> {});
        case MinerEffect.FindEvidence() -> parts.evidence().groups(this::found);
        case MinerEffect.KeepEvidence keep ->
            parts.evidence().keep(keep.group(), keep.manifest(), keep.chunks(), this::kept);
        case MinerEffect.WriteEvidence(String group, Bytes contents) ->
            parts.evidence().write(group, MinerEffect.DOCUMENT, contents, this::kept);
        case MinerEffect.FetchEvidence order -> gather(order);
        case MinerEffect.DropEvidence(String group) -> parts.evidence().drop(group);
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

  private void kept(Shelf.Put result) {
    answer(new MinerInput.EvidenceKept(result != Shelf.Put.FULL));
  }

  /// The documents come in the order in which they were asked for.
  private void found(SortedSet<String> groups) {
    SortedMap<String, Optional<Bytes>> documents = new TreeMap<>();
    if (groups.isEmpty()) {
      answer(new MinerInput.EvidenceFound(documents));
    }
    for (String group : groups) {
      parts
          .evidence()
          .read(
              group,
              MinerEffect.DOCUMENT,
              document -> {
                documents.put(group, document);
                if (documents.size() == groups.size()) {
                  answer(new MinerInput.EvidenceFound(documents));
                }
              });
    }
  }

  private void gather(MinerEffect.FetchEvidence wanted) {
    Evidence.Order order =
        new Evidence.Order(
            wanted.group(),
            wanted.manifest(),
            wanted.sources(),
            wanted.sizeMax(),
            GATHER_PATIENCE_MILLIS);
    parts
        .evidence()
        .fetch(
            order,
            result ->
                answer(
                    switch (result) {
                      case Blobs.Fetched.Whole(Bytes data) ->
                          new MinerInput.EvidenceFetched(wanted.group(), wanted.manifest(), data);
                      case Blobs.Fetched.Failed(String reason) ->
                          new MinerInput.EvidenceFailed(wanted.group(), wanted.manifest(), reason);
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
      case Progress.Dropped _,
          Progress.Disagreed _,
          Progress.Paused _,
          Progress.Conceded _,
          Progress.Failed _ ->
          parts.reporter().warn("stage", "slot", slot, "progress", progress);
      case Progress.Measured _, Progress.Agreed _, Progress.Restarted _, Progress.Serving _ ->
          parts.reporter().debug("stage", "slot", slot, "progress", progress);
    }
    parts.progress().progress(slot, progress);
  }
}
