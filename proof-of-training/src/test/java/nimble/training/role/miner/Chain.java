package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import nimble.chain.AuditCall.Appeal;
import nimble.chain.AuditCall.Concede;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.RoundCommit;
import nimble.crypto.Hashing;
import nimble.training.role.KeepDuty;
import nimble.training.role.Tiny;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.StateBlob;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// As much of the job rules as miners see.
public final class Chain {
  static final int AUDITOR = 8;
  private static final int EVERY = 2;
  private static final long ROUND_DUE_MILLIS = 60_000;

  public final List<List<RoundCommit>> counted = new ArrayList<>();
  final Map<Integer, Hash> checkpoints = new TreeMap<>();
  final TreeSet<Integer> redoRounds = new TreeSet<>();
  final List<Integer> holders = new ArrayList<>();
  final TreeMap<Integer, TreeSet<Integer>> kept = new TreeMap<>();
  final Map<Integer, TreeMap<Integer, Hash>> records = new TreeMap<>();
  final Map<Integer, List<Accusations.Accused>> accused = new TreeMap<>();
  final List<Concede> conceded = new ArrayList<>();
  final List<Appeal> appealed = new ArrayList<>();
  List<StateBlob> begins = List.of();
  int settledRounds;
  long height;
  int attempt;
  private final Plan plan;
  private final Map<Integer, Hash> accepted = new TreeMap<>();
  private final Map<Integer, Hash> opened = new TreeMap<>();
  private final Map<Integer, RoundCommit> commits = new TreeMap<>();
  private long openSince;

  Chain(Plan plan) {
    this.plan = plan;
    IntStream.range(0, plan.depth()).forEach(holders::add);
  }

  List<PublicKey> keys() {
    return holders.stream().map(Tiny::key).toList();
  }

  boolean trained() {
    return counted.size() == plan.rounds().count();
  }

  void submit(WorkCall call) {
    if (call instanceof Concede concede) {
      conceded.add(concede);
      return;
    }
    if (call instanceof Appeal appeal) {
      appealed.add(appeal);
      return;
    }
    WorkCall.OfStage ofStage = (WorkCall.OfStage) call;
    int stage = ofStage.slot().stage();
    switch (ofStage) {
      case WorkCall.JobAccept(_, int to, Hash commitment) -> {
        if (to == attempt) {
          accepted.putIfAbsent(stage, commitment);
        }
      }
      case WorkCall.ClassOpen(_, Hash numericClass) -> {
        Hash expected =
            Hashing.of("class", numericClass.bytes(), Tiny.address(holders.get(stage)).bytes());
        if (accepted.size() == plan.depth() && expected.equals(accepted.get(stage))) {
          opened.put(stage, numericClass);
        }
      }
      case RoundCommit commit -> {
        if (commit.round() == counted.size() && commit.attempt() == attempt && running()) {
          commits.putIfAbsent(stage, commit);
        }
      }
      case WorkCall.CheckpointKept(_, int round, int of, var _) -> {
        if (round < counted.size() && counted.get(round).get(stage).attempt() == of) {
          kept.computeIfAbsent(round, _ -> new TreeSet<>()).add(stage);
        }
      }
      case WorkCall.CheckpointRecord(_, int round, int of, Hash manifest) -> {
        if (trained() && round == counted.size() - 1) {
          checkpoints.put(stage, manifest);
        }
        if (round < counted.size() && counted.get(round).get(stage).attempt() == of) {
          records.computeIfAbsent(stage, _ -> new TreeMap<>()).putIfAbsent(round, manifest);
        }
      }
    }
  }

  void block(long now) {
    if (commits.size() == plan.depth()) {
      List<RoundCommit> all = List.copyOf(commits.values());
      boolean equal =
          IntStream.range(1, all.size())
              .allMatch(i -> all.get(i - 1).rightRoot().equals(all.get(i).leftRoot()));
      if (equal && !redoRounds.remove(counted.size())) {
        counted.add(all);
        commits.clear();
      } else {
        redo();
      }
      openSince = now;
    } else if (!running()) {
      openSince = now;
    } else if (!trained() && now - openSince > ROUND_DUE_MILLIS) {
      if (commits.isEmpty()) {
        accepted.clear();
      }
      redo();
      openSince = now;
    }
  }

  /// Everybody is here and showed its class.
  private boolean running() {
    return accepted.size() == plan.depth() && opened.size() == plan.depth();
  }

  /// Stages whose miners did not accept, or not again.
  List<Integer> awaited() {
    return IntStream.range(0, plan.depth())
        .filter(stage -> !accepted.containsKey(stage))
        .boxed()
        .toList();
  }

  private void redo() {
    attempt++;
    commits.clear();
  }

  Seat seatOf(int stage) {
    return seat(holders.get(stage)).orElseThrow();
  }

  /// Empty for a node without a stage.
  Optional<Seat> seat(int node) {
    int stage = holders.indexOf(node);
    return stage < 0 ? Optional.empty() : Optional.of(seat(node, stage));
  }

  private Seat seat(int node, int stage) {
    return new Seat(
        new StageSlot(Tiny.JOB, stage, 0),
        trained() ? Seat.Phase.TRAINED : running() ? Seat.Phase.RUNNING : Seat.Phase.MATCHED,
        plan,
        Tiny.address(node),
        keys(),
        accepted.containsKey(stage),
        accepted.size() == plan.depth(),
        Optional.ofNullable(opened.get(stage)),
        attempt,
        counted.size(),
        commits.containsKey(stage),
        Optional.ofNullable(checkpoints.get(stage)),
        upkeep(stage));
  }

  private Upkeep upkeep(int stage) {
    List<Upkeep.Awaited> awaited = new ArrayList<>();
    for (int round = EVERY - 1; round < counted.size(); round += EVERY) {
      if (!recorded(stage).containsKey(round) || plan.rounds().isLast(round)) {
        RoundCommit commit = counted.get(round).get(stage);
        awaited.add(new Upkeep.Awaited(round, commit.attempt(), commit.stateRootAfter()));
      }
    }
    int last = counted.size() - 1;
    if (trained() && checkpoints.get(stage) == null && last % EVERY != EVERY - 1) {
      RoundCommit commit = counted.getLast().get(stage);
      awaited.add(new Upkeep.Awaited(last, commit.attempt(), commit.stateRootAfter()));
    }
    Optional<StateBlob> begin = begins.stream().skip(stage).findFirst();
    return new Upkeep(
        counted.isEmpty()
            ? begin.map(StateBlob::root)
            : Optional.of(counted.getLast().get(stage).stateRootAfter()),
        Optional.ofNullable(recorded(stage).get(last))
            .or(() -> begin.filter(_ -> counted.isEmpty()).map(it -> it.blob().id()))
            .map(manifest -> new Upkeep.Source(manifest, List.of())),
        Math.min(settledRounds, resumeRound() + 1),
        awaited);
  }

  private SortedMap<Integer, Hash> recorded(int stage) {
    return records.computeIfAbsent(stage, _ -> new TreeMap<>());
  }

  /// The newest checkpoint that the stages after have all copied; −1 before the first.
  int resumeRound() {
    return kept.descendingMap().entrySet().stream()
        .filter(copies -> copies.getValue().size() == plan.depth())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(-1);
  }

  /// The job goes on from its newest resume point, with another node for a stage.
  void rematch(int stage, int node) {
    holders.set(stage, node);
    accepted.remove(stage);
    opened.remove(stage);
    goBack(resumeRound() + 1);
  }

  /// To the start of `round`, in the next attempt.
  void goBack(int round) {
    counted.subList(round, counted.size()).clear();
    records.values().forEach(rounds -> rounds.tailMap(round).clear());
    kept.tailMap(round).clear();
    checkpoints.clear();
    redo();
  }

  Retained retained(int node) {
    int stage = holders.indexOf(node);
    if (stage < 0) {
      return Retained.NOTHING;
    }
    TreeSet<RoundName> unsettled = new TreeSet<>();
    for (int round = settledRounds; round < counted.size(); round++) {
      int at = counted.get(round).get(stage).attempt();
      unsettled.add(new RoundName(new StageSlot(Tiny.JOB, stage, 0), at, round));
    }
    int before = Math.floorMod(stage - 1, plan.depth());
    List<KeepDuty> copies =
        recorded(before).entrySet().stream()
            .filter(record -> record.getKey() >= resumeRound())
            .map(record -> copy(before, record.getKey(), record.getValue(), node))
            .toList();
    return new Retained(
        unsettled,
        new TreeSet<>(List.of(Tiny.key(AUDITOR))),
        copies,
        accusations(stage, node),
        List.of());
  }

  private List<Accusations> accusations(int stage, int node) {
    List<Accusations.Accused> all = accused.getOrDefault(stage, List.of());
    StageSlot slot = new StageSlot(Tiny.JOB, stage, 0);
    return all.isEmpty()
        ? List.of()
        : List.of(new Accusations(slot, plan, Tiny.address(node), all, List.of()));
  }

  private KeepDuty copy(int stage, int round, Hash manifest, int node) {
    RoundCommit commit = counted.get(round).get(stage);
    return new KeepDuty(
        new StageSlot(Tiny.JOB, stage, 0),
        plan,
        round,
        commit.attempt(),
        Tiny.address(node),
        manifest,
        commit.stateRootAfter(),
        kept.getOrDefault(round, new TreeSet<>()).contains(stage),
        List.of(Tiny.key(holders.get(stage))));
  }
}
