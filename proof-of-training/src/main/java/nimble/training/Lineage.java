package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.ledger.StateView;
import nimble.types.Address;

/// A job's unsettled rounds: those that its present state is made of, and those that it went back
/// over (J26).
final class Lineage {
  private Lineage() {}

  /// In the order in which they were closed.
  static List<ClosedRound> unsettled(StateView state, Job job) {
    List<ClosedRound> rounds = new ArrayList<>();
    for (int serial = job.progress().settled(); serial < job.progress().closed(); serial++) {
      rounds.add(Jobs.unsettled(state, job.id(), serial).orElseThrow());
    }
    return rounds;
  }

  /// The earliest round that may yet turn out wrong; the current one when all are settled.
  static int earliestUnsettled(Turn turn) {
    return unsettled(turn.state(), turn.job()).stream()
        .mapToInt(ClosedRound::round)
        .reduce(turn.job().progress().round(), Math::min);
  }

  /// Those that the present state is made of: the newest of each round before the current one.
  static List<ClosedRound> present(StateView state, Job job) {
    SortedSet<Integer> seen = new TreeSet<>();
    return unsettled(state, job).reversed().stream()
        .filter(round -> round.round() < job.progress().round() && seen.add(round.round()))
        .toList();
  }

  /// The first round of the present state that `miner` did for a stage and that is not settled.
  static OptionalInt earliest(Turn turn, int stage, Address miner) {
    return present(turn.state(), turn.job()).stream()
        .filter(round -> round.stages().get(stage).miner().equals(miner))
        .mapToInt(ClosedRound::round)
        .min();
  }

  /// What unsettled rounds are due.
  static long owed(Turn turn) {
    return unsettled(turn.state(), turn.job()).stream()
        .flatMap(round -> round.stages().stream())
        .filter(ClosedStage::payable)
        .mapToLong(ClosedStage::pay)
        .reduce(0, Math::addExact);
  }

  /// Rounds of the present state whose pay is no longer contested.
  static int settledRounds(StateView state, Job job) {
    return job.progress().round() - present(state, job).size();
  }
}
