package nimble.node.work;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.ledger.StateView;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Owner;
import nimble.storage.Shelf;
import nimble.training.role.MinerEffect;
import nimble.training.role.Progress;
import nimble.training.role.SendTensor;
import nimble.training.role.Task;
import nimble.training.role.miner.Miner;
import nimble.training.role.miner.MinerInput;
import nimble.training.role.miner.Seats;
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

  private static final long GATHER_PATIENCE_MILLIS = 10_000;

  private final Workplace<MinerInput> place;
  private final Evidence evidence;
  private final Miner miner;
  private final Seats seats;
  private final ProgressListener progress;
  private boolean stopping;

  public MinerOwner(
      Workplace.Parts parts,
      Miner miner,
      Seats seats,
      ProgressListener progress,
      Mailbox<Input> self) {
    this.place = new Workplace<>(parts, input -> self.offer(new Input.Direct(input)));
    this.evidence = parts.evidence();
    this.miner = miner;
    this.seats = seats;
    this.progress = progress;
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
    MinerInput.Finalized input = place.parts().state().read(state -> duties(now, state));
    TreeSet<PublicKey> holders = new TreeSet<>();
    input.seats().forEach(seat -> holders.addAll(seat.stages()));
    place.neighbours(holders);
    step(input);
  }

  private MinerInput.Finalized duties(Moment now, StateView state) {
    return new MinerInput.Finalized(now, seats.in(state), seats.retained(state));
  }

  /// What runs on the compute pool uses memory that is freed afterwards: it is waited for (O4).
  @Override
  public void stopping() {
    stopping = true;
    step(new MinerInput.Stopping());
  }

  @Override
  public boolean isIdle() {
    return miner.idle();
  }

  private void step(MinerInput input) {
    for (MinerEffect effect : miner.handle(input)) {
      switch (effect) {
        case SendTensor tensor -> place.send(tensor);
        case MinerEffect.Submit(WorkCall call) -> place.submit(call);
        case MinerEffect.Compute(StageSlot slot, long task, Task work) ->
            place.compute(
                work,
                outcome -> new MinerInput.Computed(slot, task, outcome),
                reason -> new MinerInput.ComputeFailed(slot, task, reason));
        case MinerEffect.FetchData(Hash manifest) ->
            place.fetch(
                manifest,
                data -> new MinerInput.DataFetched(manifest, data),
                reason -> new MinerInput.FetchFailed(manifest, reason));
        case MinerEffect.StoreBlob store ->
            place.parts().blobs().store(store.manifest(), store.chunks(), () -> {});
        case MinerEffect.FindEvidence() -> evidence.groups(this::found);
        case MinerEffect.KeepEvidence keep ->
            evidence.keep(keep.group(), keep.manifest(), keep.chunks(), this::kept);
        case MinerEffect.WriteEvidence(String group, Bytes contents) ->
            evidence.write(group, MinerEffect.DOCUMENT, contents, this::kept);
        case MinerEffect.FetchEvidence wanted -> gather(wanted);
        case MinerEffect.DropEvidence(String group) -> evidence.drop(group);
        case MinerEffect.StartTimer(StageSlot slot, long millis) ->
            place.after(millis, new MinerInput.TimerFired(slot));
        case MinerEffect.Report(StageSlot slot, Progress progressed) -> report(slot, progressed);
      }
    }
  }

  private void kept(Shelf.Put result) {
    place.answer(new MinerInput.EvidenceKept(result != Shelf.Put.FULL));
  }

  /// The documents come in the order in which they were asked for.
  private void found(SortedSet<String> groups) {
    SortedMap<String, Optional<Bytes>> documents = new TreeMap<>();
    if (groups.isEmpty()) {
      place.answer(new MinerInput.EvidenceFound(documents));
    }
    for (String group : groups) {
      evidence.read(
          group,
          MinerEffect.DOCUMENT,
          document -> {
            documents.put(group, document);
            if (documents.size() == groups.size()) {
              place.answer(new MinerInput.EvidenceFound(documents));
            }
          });
    }
  }

  private void gather(MinerEffect.FetchEvidence wanted) {
    String group = wanted.group();
    Hash manifest = wanted.manifest();
    place.fetch(
        new Evidence.Order(
            group, manifest, wanted.sources(), wanted.sizeMax(), GATHER_PATIENCE_MILLIS),
        data -> new MinerInput.EvidenceFetched(group, manifest, data),
        reason -> new MinerInput.EvidenceFailed(group, manifest, reason));
  }

  private void report(StageSlot slot, Progress progressed) {
    switch (progressed) {
      case Progress.Stepped _ -> {}
      case Progress.Dropped _,
          Progress.Disagreed _,
          Progress.Paused _,
          Progress.Conceded _,
          Progress.Failed _ ->
          place.parts().reporter().warn("stage", "slot", slot, "progress", progressed);
      case Progress.Measured _, Progress.Agreed _, Progress.Restarted _, Progress.Serving _ ->
          place.parts().reporter().debug("stage", "slot", slot, "progress", progressed);
    }
    progress.progress(slot, progressed);
  }
}
