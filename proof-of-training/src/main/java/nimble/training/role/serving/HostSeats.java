package nimble.training.role.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nimble.chain.StageSlot;
import nimble.ledger.Escrows;
import nimble.ledger.Miners;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.training.Deployment;
import nimble.training.Deployments;
import nimble.training.HostedStage;
import nimble.training.Jobs;
import nimble.training.ServedModel;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.ModelSpec;

/// Reads from finalized state what a hot key hosts, and what a gateway may use. One owner.
public final class HostSeats {
  private final PublicKey key;
  private final SortedMap<JobId, ServedModel> models = new TreeMap<>();

  public HostSeats(PublicKey key) {
    this.key = key;
  }

  /// What the miner with this hot key hosts.
  public List<HostSeat> in(StateView state) {
    Optional<Address> miner = Miners.byHotKey(state, key);
    if (miner.isEmpty()) {
      return List.of();
    }
    List<HostSeat> seats = new ArrayList<>();
    for (Deployments.Hosted hosted : Deployments.of(state, miner.get())) {
      Deployments.load(state, hosted.slot().job())
          .map(deployment -> seat(state, deployment, hosted.slot()))
          .ifPresent(seats::add);
    }
    return seats;
  }

  /// Its receipts that are not settled.
  public List<HostInput.OwedRows> owed(StateView state) {
    Optional<Address> miner = Miners.byHotKey(state, key);
    return miner.isEmpty()
        ? List.of()
        : Deployments.active(state).stream()
            .flatMap(id -> Deployments.load(state, id).stream())
            .flatMap(deployment ->
                deployment.accounts().stream()
                    .filter(it -> it.miner().equals(miner.get()))
                    .filter(it -> it.served().pending().isPresent())
                    .map(it ->
                        new HostInput.OwedRows(
                            it.slot(deployment.id()), it.attempt(), it.served().tokens())))
            .toList();
  }

  /// Who may ask for what it served.
  public SortedSet<PublicKey> validators(StateView state) {
    TreeSet<PublicKey> all = new TreeSet<>();
    Validators.all(state).forEach(it -> all.add(it.registration().hotKey()));
    return all;
  }

  private HostSeat seat(StateView state, Deployment deployment, StageSlot slot) {
    HostedStage seat = deployment.seat(slot).orElseThrow();
    long escrow = Escrows.get(state, deployment.id()).map(it -> it.budget()).orElse(0L);
    return new HostSeat(
        slot,
        seat.attempt(),
        deployment.phase() == Deployment.Phase.ACTIVE,
        seat.ready(),
        seat.called() ? OptionalInt.of(seat.turn()) : OptionalInt.empty(),
        model(state, deployment).stages().get(slot.stage()),
        deployment.order().gateway(),
        hosts(state, deployment, slot.replica()),
        sources(state, deployment),
        new HostSeat.Money(
            seat.pricePer1k(),
            seat.served(),
            deployment.order().receiptLeast(),
            escrow,
            deployment.seats().size()));
  }

  /// What a deployment is of; read once.
  private ServedModel model(StateView state, Deployment deployment) {
    return models.computeIfAbsent(
        deployment.id(), _ -> ServedModel.of(state, deployment.order().origin()));
  }

  private static List<Optional<PublicKey>> hosts(
      StateView state, Deployment deployment, int replica) {
    return deployment.replica(replica).stream()
        .map(seat -> seat.miner().flatMap(miner -> Miners.get(state, miner)).map(it -> it.hotKey()))
        .toList();
  }

  /// The gateway keeps the model; who trained it may have it still.
  private List<PublicKey> sources(StateView state, Deployment deployment) {
    return Stream.concat(
            Stream.of(deployment.order().gateway()), makers(state, deployment).stream())
        .filter(source -> !source.equals(key))
        .distinct()
        .toList();
  }

  /// Hot keys of those who trained what is deployed; nobody where it was brought.
  public static List<PublicKey> makers(StateView state, Deployment deployment) {
    return deployment
        .order()
        .origin()
        .trainer()
        .flatMap(job -> Jobs.load(state, job))
        .map(job -> Jobs.holders(state, job))
        .orElse(List.of());
  }

  /// Deployments whose gateway this key is, and that are not over.
  public List<Deployment> used(StateView state) {
    return Deployments.active(state).stream()
        .map(id -> Deployments.load(state, id).orElseThrow())
        .filter(deployment -> deployment.order().gateway().equals(key))
        .toList();
  }

  /// The replicas of a deployment that can be used now.
  public GatewayInput.Served served(StateView state, Deployment deployment) {
    List<GatewayInput.Replica> replicas = new ArrayList<>();
    for (int replica = 0; replica < deployment.replicas(); replica++) {
      if (deployment.serves(replica)) {
        List<HostedStage> seats = deployment.replica(replica);
        replicas.add(
            new GatewayInput.Replica(
                replica,
                hosts(state, deployment, replica).stream().map(Optional::orElseThrow).toList(),
                IntStream.range(0, seats.size())
                    .mapToObj(stage ->
                        new GatewayInput.Account(
                            seats.get(stage).attempt(), seats.get(stage).served().claimed()))
                    .toList()));
      }
    }
    ModelSpec model = model(state, deployment).model();
    return new GatewayInput.Served(
        deployment.id(), replicas, model.context(), model.head().outWidth(), true);
  }
}
