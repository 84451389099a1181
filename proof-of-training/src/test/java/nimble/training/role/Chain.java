package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.RoundCommit;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// As much of the job rules as miners see.
final class Chain {
  static final int AUDITOR = 8;
  private static final long ROUND_DUE_MILLIS = 60_000;

  final List<List<RoundCommit>> counted = new ArrayList<>();
  final Map<Integer, Hash> checkpoints = new TreeMap<>();
  final TreeSet<Integer> redoRounds = new TreeSet<>();
  final Map<Integer, TreeMap<Integer, Hash>> records = new TreeMap<>();
  final Map<Integer, List<Upkeep.Accused>> accused = new TreeMap<>();
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
  }

  List<PublicKey> keys() {
    return IntStream.range(0, plan.depth()).mapToObj(Tiny::key).toList();
  }

  boolean trained() {
    return counted.size() == plan.rounds().count();
  }

  void submit(WorkCall call) {
    WorkCall.OfStage ofStage = (WorkCall.OfStage) call;
    int stage = ofStage.slot().stage();
    switch (ofStage) {
      case WorkCall.JobAccept(_, Hash commitment) -> accepted.putIfAbsent(stage, commitment);
      case WorkCall.ClassOpen(_, Hash numericClass) -> {
        Hash expected = Hashing.of("class", numericClass.bytes(), Tiny.address(stage).bytes());
        if (accepted.size() == plan.depth() && expected.equals(accepted.get(stage))) {
          opened.put(stage, numericClass);
        }
      }
      case RoundCommit commit -> {
        if (commit.round() == counted.size() && opened.size() == plan.depth()) {
          commits.putIfAbsent(stage, commit);
        }
      }
      case WorkCall.CheckpointKept _ -> {}
      case WorkCall.CheckpointRecord(_, int round, _, Hash manifest) -> {
        if (trained() && round == counted.size() - 1) {
          checkpoints.put(stage, manifest);
        }
        records.computeIfAbsent(stage, _ -> new TreeMap<>()).putIfAbsent(round, manifest);
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
    } else if (opened.size() < plan.depth()) {
      openSince = now;
    } else if (!trained() && now - openSince > ROUND_DUE_MILLIS) {
      redo();
      openSince = now;
    }
  }

  private void redo() {
    attempt++;
    commits.clear();
  }

  Seat seat(int stage) {
    return new Seat(
        new StageSlot(Tiny.JOB, stage, 0),
        trained()
            ? Seat.Phase.TRAINED
            : opened.size() == plan.depth() ? Seat.Phase.RUNNING : Seat.Phase.MATCHED,
        plan,
        Tiny.address(stage),
        keys(),
        accepted.containsKey(stage),
        accepted.size() == plan.depth(),
        opened.containsKey(stage),
        attempt,
        counted.size(),
        commits.containsKey(stage),
        Optional.ofNullable(checkpoints.get(stage)),
        upkeep(stage));
  }

  private Upkeep upkeep(int stage) {
    return new Upkeep(
        counted.isEmpty()
            ? Optional.empty()
            : Optional.of(counted.getLast().get(stage).stateRootAfter()),
        Optional.empty(),
        settledRounds,
        2,
        records.getOrDefault(stage, new TreeMap<>()).isEmpty()
            ? OptionalInt.empty()
            : OptionalInt.of(records.get(stage).lastKey()),
        accused.getOrDefault(stage, List.of()));
  }

  Retained retained(int stage) {
    TreeSet<RoundName> unsettled = new TreeSet<>();
    for (int round = settledRounds; round < counted.size(); round++) {
      int attempt = counted.get(round).get(stage).attempt();
      unsettled.add(new RoundName(new StageSlot(Tiny.JOB, stage, 0), attempt, round));
    }
    return new Retained(unsettled, new TreeSet<>(List.of(Tiny.key(AUDITOR))));
  }
}
