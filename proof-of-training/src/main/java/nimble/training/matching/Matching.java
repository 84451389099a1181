package nimble.training.matching;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.genesis.Parameters;
import nimble.training.spec.JobSpec;
import nimble.training.spec.StageNeed;
import nimble.types.Address;

/// Which offer gets which stage, and why the others do not (J3): the same for the chain and for
/// whoever asks before any money moves.
public record Matching(List<StageMatch> stages) {
  public Matching {
    stages = List.copyOf(stages);
  }

  /// All stages in order; one stage per miner.
  public static Matching of(
      JobSpec spec, List<StageNeed> needs, List<Candidate> candidates, Parameters p) {
    List<StageMatch> stages = new ArrayList<>();
    SortedMap<Address, String> taken = new TreeMap<>();
    for (StageNeed need : needs) {
      StageMatch match = StageMatch.of(spec, need, candidates, taken, p);
      stages.add(match);
      match
          .choice()
          .ifPresent(
              choice -> taken.put(choice.candidate().miner(), "takes stage " + need.stage()));
    }
    return new Matching(stages);
  }

  /// Every offer that was looked at, per stage.
  public List<StageMatch.Row> table() {
    return stages.stream().flatMap(stage -> stage.rows().stream()).toList();
  }

  public boolean isComplete() {
    return stages.stream().allMatch(stage -> stage.choice().isPresent());
  }

  /// The chosen offers of all stages; only when complete.
  public List<StageMatch.Choice> chosen() {
    return stages.stream().map(stage -> stage.choice().orElseThrow()).toList();
  }

  /// Why a stage has no offer, in one line; empty when complete.
  public String failure() {
    return stages.stream()
        .filter(stage -> stage.choice().isEmpty())
        .findFirst()
        .map(StageMatch::failure)
        .orElse("");
  }
}
