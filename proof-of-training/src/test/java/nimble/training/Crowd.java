package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.crypto.SigningKey;
import nimble.genesis.TrainingParameters;
import nimble.ledger.Execution;
import nimble.ledger.StateView;
import nimble.training.fault.Fault;
import nimble.training.fault.Works;
import nimble.training.role.AuditorProgress;
import nimble.training.role.Conduct;
import nimble.training.role.DecodeTensor;
import nimble.training.role.GatewayEffect;
import nimble.training.role.Progress;
import nimble.training.role.SendTensor;
import nimble.training.role.auditor.Auditor;
import nimble.training.role.auditor.DutyBook;
import nimble.training.role.auditor.MachineReplays;
import nimble.training.role.auditor.Secrets;
import nimble.training.role.miner.Miner;
import nimble.training.role.serving.Gateway;
import nimble.training.role.serving.GatewayInput;
import nimble.training.role.serving.Host;
import nimble.training.role.serving.HostSeats;
import nimble.training.role.serving.SignedPromise;
import nimble.training.sim.Actors;
import nimble.training.sim.Surroundings;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.Moment;
import nimble.types.PublicKey;
import nimble.vm.Machine;
import nimble.vm.reference.ReferenceMachine;

/// Real miners and real auditors on the real rules: whatever follows from a block happens before
/// the next one. What they say reaches the chain with the next block, timers fire then.
final class Crowd {
  private static final int BLOCKS_MAX = 600;
  private static final Bytes TEXT =
      Bytes.utf8("a text of twenty-five ch. ".repeat(40)).slice(0, 1_000);

  static final SigningKey GATEWAY = SigningKey.fromSeed(Specs.hash("gateway").bytes());
  private static final Machine MACHINE = new ReferenceMachine();

  final World world;
  final SortedMap<Hash, Bytes> blobs = new TreeMap<>();

  /// Blobs that cannot be had.
  final SortedSet<Hash> missing = new TreeSet<>();

  /// They do not hand out what they keep.
  final SortedSet<PublicKey> withholding = new TreeSet<>();

  final SortedMap<Long, List<Integer>> answers = new TreeMap<>();
  final List<String> finished = new ArrayList<>();
  final List<Progress> progress = new ArrayList<>();
  final List<AuditorProgress> audits = new ArrayList<>();
  final List<WorkCall> said = new ArrayList<>();

  final Actors actors = new Actors(new Around());
  private final Gateway gateway = new Gateway(GATEWAY.publicKey());
  private final List<GatewayInput> gatewayTimers = new ArrayList<>();

  Crowd(World world) {
    this.world = world;
  }

  private final class Around implements Surroundings {
    @Override
    public ChainId chain() {
      return World.CHAIN;
    }

    @Override
    public Moment now() {
      return world.now();
    }

    @Override
    public StateView state() {
      return world.state();
    }

    @Override
    public Optional<Bytes> blob(Hash manifest) {
      return missing.contains(manifest)
          ? Optional.empty()
          : Optional.of(blobs.getOrDefault(manifest, TEXT));
    }

    @Override
    public void stored(Hash manifest, Bytes blob) {
      blobs.put(manifest, blob);
    }

    @Override
    public boolean handsOut(PublicKey key) {
      return !withholding.contains(key);
    }

    @Override
    public void toGateway(PublicKey from, DecodeTensor name, Bytes payload) {
      ask(new GatewayInput.TensorReceived(from, name, payload));
    }

    @Override
    public void told(Progress told) {
      progress.add(told);
    }

    @Override
    public void told(AuditorProgress told) {
      audits.add(told);
    }
  }

  void mine(int account, Miner.Works works) {
    PublicKey key = World.hotKey(account);
    actors.mine(key, () -> new Miner(key, works));
  }

  void audit(int account, Auditor.Works works) {
    audit(account, works, MACHINE);
  }

  /// @param replays where it replays what was served
  void audit(int account, Auditor.Works works, Machine replays) {
    PublicKey key = World.hotKey(account);
    TrainingParameters training = Panel.PARAMETERS.training();
    actors.audit(
        key,
        new DutyBook(key, new TrainingRules(training)),
        () ->
            new Auditor(
                works,
                new MachineReplays(replays, World.CHAIN, training),
                Secrets.of(key.toString()),
                training.auditCommit()));
  }

  /// On the same node as a miner of that account.
  void host(int account, Machine machine, Optional<Fault> fault) {
    PublicKey key = World.hotKey(account);
    Works works = new Works(Panel.PARAMETERS.training(), machine, fault);
    actors.host(key, new Host(key, works::host, Conduct.of(fault)));
  }

  void runUntil(JobId id, JobState state) {
    for (int i = 0; i < BLOCKS_MAX; i++) {
      block();
      if (world.job(id).state() == state) {
        return;
      }
    }
    throw new AssertionError(
        "after %d blocks: %s, %s".formatted(BLOCKS_MAX, world.job(id).status(), world.story(id)));
  }

  void block() {
    List<WorkCall> open = new ArrayList<>();
    for (WorkCall call : actors.said()) {
      open.add(call);
      if (!(world.attempt(open.toArray(WorkCall[]::new)) instanceof Execution.Executed)) {
        open.removeLast(); // Of several calls for one slot a block takes one.
      }
    }
    said.addAll(open);
    world.work(open.toArray(WorkCall[]::new));
    List<GatewayInput> due = List.copyOf(gatewayTimers);
    gatewayTimers.clear();
    due.forEach(this::ask);
    HostSeats gateways = new HostSeats(GATEWAY.publicKey());
    gateways
        .used(world.state())
        .forEach(it -> ask(new GatewayInput.Seated(gateways.served(world.state(), it))));
    actors.live();
  }

  void ask(GatewayInput input) {
    gateway.handle(input).forEach(this::perform);
  }

  /// What the gateway wants.
  private void perform(GatewayEffect effect) {
    switch (effect) {
      case SendTensor tensor -> actors.send(GATEWAY.publicKey(), tensor);
      case GatewayEffect.Token(long request, int token) ->
          answers.computeIfAbsent(request, _ -> new ArrayList<>()).add(token);
      case GatewayEffect.Finished(long _, String reason) -> finished.add(reason);
      case GatewayEffect.StartTimer(long request, int turn, long millis) -> {
        if (millis < GatewayInput.InferRequested.TIMEOUT_MILLIS) {
          gatewayTimers.add(new GatewayInput.TimerFired(request, turn));
        }
      }
      case GatewayEffect.Promise(var to, var name, var promise) ->
          actors.send(
              GATEWAY.publicKey(),
              new SendTensor(to, name, SignedPromise.by(GATEWAY, World.CHAIN, promise).encode()));
      case GatewayEffect.RollCall _ -> {}
    }
  }
}
