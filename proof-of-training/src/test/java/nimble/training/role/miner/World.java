package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.Sim;
import nimble.training.fault.Fault;
import nimble.training.role.Conduct;
import nimble.training.role.DecodeTensor;
import nimble.training.role.EvidenceName;
import nimble.training.role.GatewayEffect;
import nimble.training.role.MinerEffect;
import nimble.training.role.Outcome;
import nimble.training.role.SendTensor;
import nimble.training.role.Task;
import nimble.training.role.TensorMessage;
import nimble.training.role.TensorName;
import nimble.training.role.Tiny;
import nimble.training.role.evidence.Plan;
import nimble.training.role.serving.Gateway;
import nimble.training.role.serving.GatewayInput;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;
import nimble.vm.Machine;
import nimble.vm.reference.ReferenceMachine;

/// Three miners and a gateway in simulated time: a network that delays, reorders, doubles and
/// loses, and as much of a chain as they need.
public class World {
  static final int GATEWAY = 9;
  private static final long BLOCK_MILLIS = 100;

  public final Sim sim;
  public final Plan plan;
  public final Chain chain;
  public final List<Miner> miners = new ArrayList<>();
  public final Gateway gateway = new Gateway(Tiny.key(GATEWAY));
  public final List<MinerEffect.Report> reports = new ArrayList<>();
  final List<TestShelf> shelves = new ArrayList<>();
  final List<SendTensor> answers = new ArrayList<>();
  public final List<Integer> tokens = new ArrayList<>();
  public final List<String> finished = new ArrayList<>();
  final Map<Hash, Bytes> blobs = new TreeMap<>();
  public final TreeSet<Integer> silent = new TreeSet<>();
  final TreeSet<Hash> vanished = new TreeSet<>();
  int dataFetches;
  int duplicatesPercent;
  int toLose;
  int delayMax = 20;
  private final List<Integer> lives = new ArrayList<>();
  private final Machine machine;
  private final Map<Integer, Fault> faults;
  private final Map<Integer, Machine> others;
  private final TreeSet<List<Integer>> cut = new TreeSet<>(World::compare);
  private long epoch;

  /// Of miners that do as they should.
  public static World honest(long seed, Plan plan) {
    return new World(seed, plan, new ReferenceMachine());
  }

  World(long seed, Plan plan, Machine machine) {
    this(seed, plan, machine, new TreeMap<>());
  }

  World(long seed, Plan plan, Machine machine, Map<Integer, Fault> faults) {
    this(seed, plan, machine, faults, new TreeMap<>());
  }

  /// @param others machines of nodes with another one
  World(
      long seed,
      Plan plan,
      Machine machine,
      Map<Integer, Fault> faults,
      Map<Integer, Machine> others) {
    this.faults = faults;
    this.others = others;
    sim = new Sim(seed);
    this.plan = plan;
    this.machine = machine;
    chain = new Chain(plan);
    blobs.put(plan.data().manifest(), Tiny.TEXT);
    for (int stage = 0; stage < plan.depth(); stage++) {
      miners.add(miner(stage));
      shelves.add(new TestShelf());
      lives.add(0);
    }
    sim.after(0, this::block);
  }

  private static int compare(List<Integer> a, List<Integer> b) {
    int first = Integer.compare(a.get(0), b.get(0));
    return first != 0 ? first : Integer.compare(a.get(1), b.get(1));
  }

  public Miner miner(int stage) {
    Optional<Fault> fault = Optional.ofNullable(faults.get(stage));
    Machine given = others.getOrDefault(stage, machine);
    Miner.Works works =
        (p, s) -> {
          Function<Machine, StageWork> honest =
              on -> work(new MachineWork(on, p, s, Tiny.TOLERANCE), s);
          return fault
              .map(it -> it.work(given, honest, p.microBatches(), s))
              .orElseGet(() -> honest.apply(given));
        };
    return new Miner(Tiny.key(stage), works, Conduct.of(fault));
  }

  /// A seam for stages that deviate.
  StageWork work(StageWork honest, int stage) {
    return honest;
  }

  private void block() {
    chain.height++;
    Moment now = new Moment(sim.nowMillis(), chain.height);
    chain.block(sim.nowMillis());
    for (int i = 0; i < miners.size(); i++) {
      int node = i;
      List<Seat> seats = chain.seat(node).stream().toList();
      Retained retained = chain.retained(node);
      sim.after(
          sim.random().nextInt(30),
          () -> handle(node, new MinerInput.Finalized(now, seats, retained)));
    }
    sim.after(BLOCK_MILLIS, this::block);
  }

  void handle(int node, MinerInput input) {
    if (!silent.contains(node)) {
      miners.get(node).handle(input).forEach(effect -> perform(node, effect));
    }
  }

  private void perform(int node, MinerEffect effect) {
    int life = lives.get(node);
    switch (effect) {
      case MinerEffect.Submit(WorkCall call) ->
          sim.after(10 + sim.random().nextInt(50), () -> chain.submit(call));
      case SendTensor(var to, var name, var payload) -> send(node, to, name, payload);
      case MinerEffect.Compute(StageSlot slot, long task, Task work) -> {
        Outcome outcome = work.run();
        sim.after(
            1 + sim.random().nextInt(5),
            () -> answer(node, life, new MinerInput.Computed(slot, task, outcome)));
      }
      case MinerEffect.FetchData(Hash manifest) -> {
        dataFetches++;
        sim.after(sim.random().nextInt(100), () -> answer(node, life, fetched(manifest)));
      }
      case MinerEffect.StoreBlob(var manifest, var chunks) ->
          blobs.put(manifest.id(), Bytes.concat(chunks.toArray(Bytes[]::new)));
      case MinerEffect.FindEvidence() ->
          sim.after(10, () -> answer(node, life, shelves.get(node).found()));
      case MinerEffect.KeepEvidence keep -> {
        boolean kept = shelves.get(node).keep(keep.group(), keep.manifest(), keep.chunks());
        sim.after(2, () -> answer(node, life, new MinerInput.EvidenceKept(kept)));
      }
      case MinerEffect.WriteEvidence(String group, Bytes contents) -> {
        boolean kept = shelves.get(node).write(group, contents);
        sim.after(2, () -> answer(node, life, new MinerInput.EvidenceKept(kept)));
      }
      case MinerEffect.FetchEvidence order -> {
        MinerInput answer = gathered(node, order);
        sim.after(sim.random().nextInt(50), () -> answer(node, life, answer));
      }
      case MinerEffect.DropEvidence(String group) -> shelves.get(node).drop(group);
      case MinerEffect.StartTimer(var slot, long millis) ->
          sim.after(millis, () -> answer(node, life, new MinerInput.TimerFired(slot)));
      case MinerEffect.Report report -> reports.add(report);
    }
  }

  /// Nobody hears what an earlier process asked for.
  private void answer(int node, int life, MinerInput input) {
    if (life == lives.get(node)) {
      handle(node, input);
    }
  }

  private MinerInput fetched(Hash manifest) {
    return vanished.contains(manifest) || sim.random().nextInt(4) == 0
        ? new MinerInput.FetchFailed(manifest, "unlucky")
        : new MinerInput.DataFetched(manifest, blob(manifest));
  }

  /// From the own shelf first, then from whoever has it.
  private MinerInput gathered(int node, MinerEffect.FetchEvidence order) {
    List<TestShelf> asked = new ArrayList<>(List.of(shelves.get(node)));
    asked.addAll(shelves);
    return asked.stream()
        .flatMap(shelf -> shelf.blob(order.manifest()).stream())
        .findFirst()
        .map(blob -> {
          shelves.get(node).copy(order.group(), order.manifest(), asked);
          return (MinerInput) new MinerInput.EvidenceFetched(order.group(), order.manifest(), blob);
        })
        .orElse(new MinerInput.EvidenceFailed(order.group(), order.manifest(), "nowhere"));
  }

  /// A new process of the same node: what was computed and not kept is gone.
  void restart(int node) {
    miners.set(node, miner(node));
    lives.set(node, lives.get(node) + 1);
  }

  /// A spare miner, so far without a stage.
  int spare() {
    int node = miners.size();
    miners.add(miner(node));
    shelves.add(new TestShelf());
    lives.add(0);
    return node;
  }

  public Bytes checkpoint(int stage) {
    return blob(Optional.ofNullable(chain.checkpoints.get(stage)).orElseThrow());
  }

  private Bytes blob(Hash manifest) {
    return Optional.ofNullable(blobs.get(manifest)).orElseThrow();
  }

  public void ask(GatewayInput input) {
    for (GatewayEffect effect : gateway.handle(input)) {
      switch (effect) {
        case SendTensor(var to, var name, var payload) -> send(GATEWAY, to, name, payload);
        case GatewayEffect.Token(long _, int id) -> tokens.add(id);
        case GatewayEffect.Finished(long _, String reason) -> finished.add(reason);
        case GatewayEffect.StartTimer(long request, int turn, long millis) ->
            sim.after(millis, () -> ask(new GatewayInput.TimerFired(request, turn)));
        case GatewayEffect.Promise _, GatewayEffect.RollCall _ -> {
          // Nothing is deployed here.
        }
      }
    }
  }

  public GatewayInput.Served served() {
    return GatewayInput.Served.trained(
        Tiny.JOB, chain.keys(), Tiny.CONTEXT, Tiny.MODEL.head().outWidth());
  }

  private void send(int from, PublicKey to, TensorName name, Bytes payload) {
    if (name instanceof EvidenceName) {
      answers.add(new SendTensor(to, name, payload));
      return;
    }
    int target =
        IntStream.range(0, 10).filter(node -> Tiny.key(node).equals(to)).findFirst().orElseThrow();
    if (cut.contains(pair(from, target))) {
      return;
    }
    Bytes message = new TensorMessage(name, payload).encode();
    if (toLose > 0 && sim.random().nextInt(20) == 0) {
      toLose--;
      return;
    }
    int copies = sim.random().nextInt(100) < duplicatesPercent ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long sentIn = epoch;
      sim.after(
          sim.random().nextInt(delayMax + 1),
          () -> {
            // What was under way when a connection broke is lost.
            if (sentIn == epoch || from == GATEWAY || target == GATEWAY) {
              deliver(from, target, message);
            }
          });
    }
  }

  private void deliver(int from, int target, Bytes message) {
    TensorMessage read;
    try {
      read = TensorMessage.decode(message);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
    PublicKey sender = Tiny.key(from);
    if (target == GATEWAY) {
      ask(new GatewayInput.TensorReceived(sender, (DecodeTensor) read.name(), read.payload()));
    } else {
      handle(target, new MinerInput.TensorReceived(sender, read.name(), read.payload()));
    }
  }

  /// Both ways; everything under way anywhere is lost, and everyone hears that its peers are back.
  void loseConnections(int a, int b, long millis) {
    epoch++;
    cut.add(pair(a, b));
    for (int node = 0; node < miners.size(); node++) {
      for (int peer = 0; peer < miners.size(); peer++) {
        if (node != peer && !cut.contains(pair(node, peer))) {
          handle(node, new MinerInput.PeerConnected(Tiny.key(peer)));
        }
      }
    }
    sim.after(
        millis,
        () -> {
          cut.remove(pair(a, b));
          handle(a, new MinerInput.PeerConnected(Tiny.key(b)));
          handle(b, new MinerInput.PeerConnected(Tiny.key(a)));
        });
  }

  private static List<Integer> pair(int a, int b) {
    return List.of(Math.min(a, b), Math.max(a, b));
  }
}
