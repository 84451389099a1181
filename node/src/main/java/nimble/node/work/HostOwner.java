package nimble.node.work;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.ledger.StateView;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Owner;
import nimble.storage.Shelf;
import nimble.training.role.HostEffect;
import nimble.training.role.SendTensor;
import nimble.training.role.Task;
import nimble.training.role.serving.Host;
import nimble.training.role.serving.HostInput;
import nimble.training.role.serving.HostSeat;
import nimble.training.role.serving.HostSeats;
import nimble.training.role.serving.SignedPromise;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;

/// Gives the host's state machine its chain, network, compute pool and blobs.
public final class HostOwner implements Owner<HostOwner.Input> {
  /// What happens to the owner.
  public sealed interface Input {
    /// For the state machine, as it is.
    record Direct(HostInput input) implements Input {}

    /// A block is final.
    record Finalized(Moment now) implements Input {}
  }

  private final Workplace<HostInput> place;
  private final Host host;
  private final HostSeats seats;
  private boolean stopping;

  public HostOwner(Workplace.Parts parts, Host host, HostSeats seats, Mailbox<Input> self) {
    this.place = new Workplace<>(parts, input -> self.offer(new Input.Direct(input)));
    this.host = host;
    this.seats = seats;
  }

  @Override
  public void turn(long nowMillis, List<Input> inputs) {
    for (Input input : inputs) {
      switch (input) {
        case Input.Direct(HostInput direct) -> {
          // Nothing else follows Stopping.
          if (!stopping
              || direct instanceof HostInput.Computed
              || direct instanceof HostInput.ComputeFailed) {
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
    HostInput.Finalized input = place.parts().state().read(state -> duties(now, state));
    TreeSet<PublicKey> neighbours = new TreeSet<>();
    for (HostSeat seat : input.seats()) {
      neighbours.add(seat.gateway());
      seat.replica().forEach(host -> host.ifPresent(neighbours::add));
      if (!seat.ready()) {
        neighbours.addAll(seat.sources());
      }
    }
    neighbours.remove(place.parts().hotKey().publicKey());
    place.neighbours(neighbours);
    if (!input.seats().isEmpty() || !input.owed().isEmpty() || !host.idle()) {
      step(input);
    }
  }

  private HostInput.Finalized duties(Moment now, StateView state) {
    return new HostInput.Finalized(
        now, seats.in(state), seats.owed(state), seats.validators(state));
  }

  /// What runs on the compute pool uses memory that is freed afterwards: it is waited for (O4).
  @Override
  public void stopping() {
    stopping = true;
    step(new HostInput.Stopping());
  }

  @Override
  public boolean isIdle() {
    return host.idle();
  }

  private void step(HostInput input) {
    for (HostEffect effect : host.handle(input)) {
      switch (effect) {
        case SendTensor tensor -> place.send(tensor);
        case HostEffect.Submit(WorkCall call) -> place.submit(call);
        case HostEffect.CheckPromise(var slot, var gateway, var name, var promise) ->
            checked(gateway, promise)
                .ifPresent(it -> place.answer(new HostInput.PromiseChecked(slot, name, it)));
        case HostEffect.KeepEvidence keep ->
            place
                .parts()
                .evidence()
                .keep(
                    keep.group(),
                    keep.manifest(),
                    keep.chunks(),
                    put ->
                        place.answer(
                            new HostInput.EvidenceKept(
                                keep.slot(), keep.manifest().id(), put != Shelf.Put.FULL)));
        case HostEffect.WriteEvidence(var slot, var group, var contents) ->
            place
                .parts()
                .evidence()
                .write(
                    group,
                    HostEffect.DOCUMENT,
                    contents,
                    put ->
                        place.answer(new HostInput.EvidenceWritten(slot, put != Shelf.Put.FULL)));
        case HostEffect.ReadEvidence(String group) ->
            place
                .parts()
                .evidence()
                .read(
                    group,
                    HostEffect.DOCUMENT,
                    kept -> place.answer(new HostInput.EvidenceRead(group, kept)));
        case HostEffect.DropEvidence(String group) -> place.parts().evidence().drop(group);
        case HostEffect.FindEvidence() ->
            place
                .parts()
                .evidence()
                .groups(groups -> place.answer(new HostInput.EvidenceFound(groups)));
        case HostEffect.Compute(StageSlot slot, long task, Task work) ->
            place.compute(
                work,
                outcome -> new HostInput.Computed(slot, task, outcome),
                reason -> new HostInput.ComputeFailed(slot, task, reason));
        case HostEffect.FetchData(Hash manifest) ->
            place.fetch(
                manifest,
                data -> new HostInput.DataFetched(manifest, data),
                _ -> new HostInput.FetchFailed(manifest));
        case HostEffect.StartTimer(StageSlot slot, long millis) ->
            place.after(millis, new HostInput.TimerFired(slot));
        case HostEffect.Report(StageSlot slot, var word, String detail) ->
            report(slot, word, detail);
      }
    }
  }

  private Optional<SignedPromise> checked(PublicKey gateway, Bytes promise) {
    try {
      return Optional.of(Reader.decode(promise, SignedPromise::read))
          .filter(it -> it.holds(gateway, place.parts().chain()));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  private void report(StageSlot slot, HostEffect.Word word, String detail) {
    switch (word) {
      case SERVES -> place.parts().reporter().debug("host", "slot", slot, "word", word);
      case FAILED ->
          place.parts().reporter().warn("host", "slot", slot, "word", word, "detail", detail);
    }
  }
}
