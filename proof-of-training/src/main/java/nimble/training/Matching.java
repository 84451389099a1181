package nimble.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.MinerCall.OfferPut;
import nimble.genesis.TrainingParameters;
import nimble.types.Address;

/// Which offer gets which stage, and why the others do not (J3): the same table for the chain and
/// for whoever asks before any money moves.
///
/// @param table per stage, in order, every offer that was looked at
/// @param choices per stage; none where no offer is eligible
public record Matching(List<Row> table, List<Optional<Choice>> choices) {

  /// @param quote what the stage would cost with it; none when that exceeds 64 bits
  /// @param reason why it was not chosen; empty for the chosen one
  public record Row(int stage, Candidate candidate, Optional<Quote> quote, String reason) {
    public boolean isChosen() {
      return reason.isEmpty();
    }
  }

  public record Choice(Candidate candidate, Quote quote) {}

  public Matching {
    table = List.copyOf(table);
    choices = List.copyOf(choices);
  }

  /// All stages in order; one stage per miner.
  public static Matching of(
      JobSpec spec, List<StageNeed> needs, List<Candidate> candidates, TrainingParameters p) {
    List<Row> table = new ArrayList<>();
    List<Optional<Choice>> choices = new ArrayList<>();
    SortedMap<Address, String> taken = new TreeMap<>();
    for (StageNeed need : needs) {
      Matching stage = of(spec, need, candidates, taken, p);
      table.addAll(stage.table());
      Optional<Choice> choice = stage.choices().getFirst();
      choices.add(choice);
      choice.ifPresent(
          found -> taken.put(found.candidate().miner(), "takes stage " + need.stage()));
    }
    return new Matching(table, choices);
  }

  /// One stage.
  ///
  /// @param excluded miners that may not have it, with reasons
  static Matching of(
      JobSpec spec,
      StageNeed need,
      List<Candidate> candidates,
      SortedMap<Address, String> excluded,
      TrainingParameters p) {
    List<Row> rows = new ArrayList<>();
    Optional<Row> best = Optional.empty();
    for (Candidate candidate : candidates) {
      Row row = row(spec, need, candidate, excluded, p);
      rows.add(row);
      if (row.isChosen() && (best.isEmpty() || CHEAPER.compare(row, best.get()) < 0)) {
        best = Optional.of(row);
      }
    }
    Optional<Row> chosen = best;
    List<Row> table =
        rows.stream().map(row -> chosen.map(winner -> judged(row, winner)).orElse(row)).toList();
    return new Matching(
        table, List.of(chosen.map(row -> new Choice(row.candidate(), row.quote().orElseThrow()))));
  }

  private static final Comparator<Row> CHEAPER =
      Comparator.<Row>comparingLong(row -> row.quote().orElseThrow().total())
          .thenComparingLong(row -> row.candidate().offer().id());

  /// An eligible offer that did not win says so.
  private static Row judged(Row row, Row winner) {
    if (!row.isChosen() || row.equals(winner)) {
      return row;
    }
    String reason =
        "costs %d, offer %d costs %d"
            .formatted(
                row.quote().orElseThrow().total(),
                winner.candidate().offer().id(),
                winner.quote().orElseThrow().total());
    return new Row(row.stage(), row.candidate(), row.quote(), reason);
  }

  private static Row row(
      JobSpec spec,
      StageNeed need,
      Candidate candidate,
      SortedMap<Address, String> excluded,
      TrainingParameters p) {
    OfferPut terms = candidate.offer().terms();
    int stage = need.stage();
    try {
      int steps = spec.training().steps();
      Quote quote = Quote.of(need, steps, terms, candidate.freeBond(), spec, p);
      long millis =
          Terms.millis(
              Math.multiplyExact(need.stepOperations(), steps), terms.operationsPerSecond());
      String reason =
          excluded.getOrDefault(
              candidate.miner(), Eligibility.reason(spec, need, candidate, quote, millis));
      return new Row(stage, candidate, Optional.of(quote), reason);
    } catch (ArithmeticException e) {
      return new Row(stage, candidate, Optional.empty(), "price or time exceeds 64 bits");
    }
  }

  public boolean isComplete() {
    return choices.stream().allMatch(Optional::isPresent);
  }

  /// The chosen offers of all stages; only when complete.
  public List<Choice> chosen() {
    return choices.stream().map(Optional::orElseThrow).toList();
  }

  /// Why a stage has no offer, in one line; empty when complete.
  public String failure() {
    for (int i = 0; i < choices.size(); i++) {
      if (choices.get(i).isEmpty()) {
        return failure(i);
      }
    }
    return "";
  }

  private String failure(int stage) {
    List<String> reasons =
        table.stream()
            .filter(row -> row.stage() == stage)
            .map(row -> "offer %d: %s".formatted(row.candidate().offer().id(), row.reason()))
            .toList();
    return "no offer for stage %d: %s"
        .formatted(stage, reasons.isEmpty() ? "there are none" : String.join("; ", reasons));
  }
}
