package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.genesis.ClassParameters;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.training.spec.Limits;
import nimble.training.spec.Rounds;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Math128;

/// Which closed rounds are audited, which step of them, and by whom (J16). All chance comes from
/// the beacon of the drawing block.
final class Draws {
  /// Rounds of one job that one block draws from.
  static final int DRAWN_PER_BLOCK_MAX = 16;

  private static final int MILLI = 1_000;

  /// Of so many audits one is heard in another class too.
  private static final int ANOTHER_IN = 10;

  private Draws() {}

  static void draw(Turn turn) {
    drawFirst(turn);
    drawSecond(turn);
  }

  /// So many blocks after the commitment.
  private static void drawFirst(Turn turn) {
    int left = DRAWN_PER_BLOCK_MAX;
    for (int serial = firstUndrawn(turn); serial < closed(turn) && left > 0; serial++) {
      ClosedRound round = round(turn, serial);
      long from = Math.addExact(round.committed().height(), turn.parameters().beaconDelay());
      if (turn.context().height() < from || !draw(turn, round)) {
        return;
      }
      left--;
    }
  }

  /// When the window closes. Rounds before it may wait for their audits.
  private static void drawSecond(Turn turn) {
    int left = DRAWN_PER_BLOCK_MAX;
    for (int serial = turn.job().progress().settled(); serial < closed(turn); serial++) {
      ClosedRound round = round(turn, serial);
      if (round.draws() == ClosedRound.DRAWS) {
        continue;
      }
      boolean isDue = round.draws() == 1 && round.settles().reachedAt(turn.now());
      if (left == 0 || !isDue || !draw(turn, round)) {
        return;
      }
      left--;
    }
  }

  private static int closed(Turn turn) {
    return turn.job().progress().closed();
  }

  private static ClosedRound round(Turn turn, int serial) {
    return Jobs.unsettled(turn.state(), turn.job().id(), serial).orElseThrow();
  }

  /// First draws go in the order of serials.
  private static int firstUndrawn(Turn turn) {
    int serial = closed(turn);
    while (serial > turn.job().progress().settled() && round(turn, serial - 1).draws() == 0) {
      serial--;
    }
    return serial;
  }

  /// False when the round has to wait.
  private static boolean draw(Turn turn, ClosedRound round) {
    if (turn.parameters().auditorsPerStage() > 0) {
      int open = Jobs.openAudits(turn.state(), turn.job().id()).size();
      if (open + round.stages().size() > Limits.AUDITS_OPEN_MAX) {
        return false;
      }
      Optional<String> shortage = shortage(turn, round);
      if (shortage.isPresent() && !isOver(turn)) {
        if (turn.job().state() == JobState.RUNNING) {
          RoundRules.pause(turn, shortage.get());
        }
        return false;
      }
      for (int stage = 0; stage < round.stages().size(); stage++) {
        draw(turn, round, stage);
      }
    }
    if (round.draws() == 1) {
      round
          .stages()
          .forEach(done ->
              Concessions.worked(
                  turn.state(), done.miner(), turn.job().rounds().stepsOf(round.round())));
    }
    Jobs.put(turn.state(), turn.job().id(), round.drawn());
    return true;
  }

  /// Whether a settling job has waited long enough: what cannot be audited is paid unaudited.
  private static boolean isOver(Turn turn) {
    return turn.job().state() == JobState.SETTLING
        && turn.job().status().due().reachedAt(turn.now());
  }

  private static Optional<String> shortage(Turn turn, ClosedRound round) {
    for (int stage = 0; stage < round.stages().size(); stage++) {
      if (round.stages().get(stage).payable()
          && eligible(turn, round, stage).size() < Limits.AUDITORS_PER_AUDIT) {
        return Optional.of("stage %d: fewer than two auditors can be drawn".formatted(stage));
      }
      Optional<String> unserved = unserved(turn, round, stage);
      if (unserved.isPresent()) {
        return unserved;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> unserved(Turn turn, ClosedRound round, int stage) {
    ClosedStage done = round.stages().get(stage);
    StageSlot slot = turn.job().slot(stage);
    ClassParameters p = turn.parameters().classes();
    return !done.payable()
            || turn.job().order().anyClass()
            || Classes.isServed(turn.state(), slot, done.numericClass(), p)
        ? Optional.empty()
        : Optional.of(Classes.unserved(turn.state(), slot, done.numericClass(), p));
  }

  /// Whether a round that is to be drawn still cannot be.
  static boolean waits(Turn turn) {
    for (int serial = turn.job().progress().settled(); serial < closed(turn); serial++) {
      ClosedRound round = round(turn, serial);
      if (round.draws() < ClosedRound.DRAWS && shortage(turn, round).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private static List<Address> eligible(Turn turn, ClosedRound round, int stage) {
    ClosedStage done = round.stages().get(stage);
    return heard(
        turn, Auditors.able(turn.state(), turn.job(), stage, done.numericClass(), done.miner()));
  }

  static List<Address> heard(Court turn, List<Address> auditors) {
    return auditors.stream()
        .filter(auditor -> !Silences.isSuspended(turn.state(), auditor, turn.context().epoch()))
        .toList();
  }

  private static void draw(Turn turn, ClosedRound round, int stage) {
    ClosedStage done = round.stages().get(stage);
    List<Address> eligible = eligible(turn, round, stage);
    Hash seed = seed(turn, round, stage);
    if (done.payable()
        && eligible.size() >= Limits.AUDITORS_PER_AUDIT
        && below(part(seed, 0), DrawChance.CERTAIN) < suspecting(turn, round, stage)) {
      Rounds rounds = turn.job().rounds();
      int steps = rounds.stepsOf(round.round()) + rounds.validationBatches(round.round());
      int step = (int) below(part(seed, 1), steps);
      List<Address> order = order(turn.state(), eligible, seed);
      List<Address> first = new ArrayList<>(order.subList(0, Limits.AUDITORS_PER_AUDIT));
      first.addAll(another(turn, round, stage, seed));
      List<Address> reserve = order.subList(Limits.AUDITORS_PER_AUDIT, order.size());
      if (below(part(seed, 0), DrawChance.CERTAIN) >= chance(turn.job(), round, stage)) {
        long audit = turn.job().audits().drawn();
        Drifts.drawn(turn, turn.job().slot(stage), done.miner(), audit);
      }
      Audits.open(turn, round, stage, step, seed, first, reserve);
    }
  }

  /// One audit in [#ANOTHER_IN] is heard in another class too, where one serves.
  private static List<Address> another(Turn turn, ClosedRound round, int stage, Hash seed) {
    if (turn.job().order().anyClass() || below(part(seed, 2), ANOTHER_IN) > 0) {
      return List.of();
    }
    ClosedStage done = round.stages().get(stage);
    List<Address> others =
        Auditors.others(
            turn.state(),
            turn.job().slot(stage),
            done.numericClass(),
            done.miner(),
            turn.parameters().classes());
    Hash chance = Hashing.of("another", seed.bytes());
    return order(turn.state(), heard(turn, others), chance).stream().limit(1).toList();
  }

  private static Hash seed(Turn turn, ClosedRound round, int stage) {
    return Hashing.of(
        "draw",
        turn.context().beacon().bytes(),
        Bytes.ofU64(turn.job().id().value()),
        Bytes.ofU64(round.serial()),
        Bytes.ofU64(stage),
        Bytes.ofU64(round.draws()));
  }

  /// As [#chance], at a higher rate where the miner is suspected (J32).
  private static long suspecting(Turn turn, ClosedRound round, int stage) {
    ClosedStage done = round.stages().get(stage);
    int own = done.auditRatePermille();
    int rate = Drifts.rate(turn.state(), turn.job().slot(stage), done.miner(), own);
    return chance(turn.job(), round, stage, rate);
  }

  /// Of being drawn, out of [DrawChance#CERTAIN].
  static long chance(Job job, ClosedRound round, int stage) {
    return chance(job, round, stage, round.stages().get(stage).auditRatePermille());
  }

  private static long chance(Job job, ClosedRound round, int stage, int permille) {
    ClosedStage done = round.stages().get(stage);
    long stepOperations = job.stages().get(stage).terms().stepOperations();
    long steps = Math128.mulDiv(done.operations(), MILLI, stepOperations);
    return DrawChance.of(round.draws(), permille, steps);
  }

  /// All of them, drawn by stake, which all must have, without replacement.
  static List<Address> order(StateView state, List<Address> eligible, Hash seed) {
    List<Address> left = new ArrayList<>(eligible);
    List<Address> order = new ArrayList<>();
    while (!left.isEmpty()) {
      long total = left.stream().mapToLong(it -> Validators.stake(state, it)).sum();
      Hash chance = Hashing.of("seat", seed.bytes(), Bytes.ofU64(order.size()));
      long at = below(part(chance, 0), total);
      int index = 0;
      while (at >= Validators.stake(state, left.get(index))) {
        at -= Validators.stake(state, left.get(index));
        index++;
      }
      order.add(left.remove(index));
    }
    return order;
  }

  static long part(Hash seed, int index) {
    return seed.bytes().u64At(index * Long.BYTES);
  }

  /// A number below `bound`, each as likely as the others.
  static long below(long chance, long bound) {
    return Math128.mulDiv(chance >>> 2, bound, 1L << 62);
  }
}
