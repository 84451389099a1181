package nimble.training.matching;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import nimble.chain.MinerCall.OfferPut;
import nimble.genesis.Parameters;
import nimble.training.spec.JobSpec;
import nimble.training.spec.StageNeed;
import nimble.types.Address;

/// Which offer gets one stage (J3).
///
/// @param rows every offer that was looked at, the cheapest per operation first
/// @param choice none when no offer is eligible
public record StageMatch(int stage, List<Row> rows, Optional<Choice> choice) {
  private static final Comparator<Row> CHEAPER =
      Comparator.<Row>comparingLong(row -> row.quote().orElseThrow().total())
          .thenComparingLong(row -> row.candidate().offer().id());

  /// @param quote what the stage would cost with it; none when that exceeds 64 bits
  /// @param reason why it was not chosen; empty for the chosen one
  public record Row(int stage, Candidate candidate, Optional<Quote> quote, String reason) {
    public boolean isChosen() {
      return reason.isEmpty();
    }
  }

  public record Choice(Candidate candidate, Quote quote) {}

  public StageMatch {
    rows = List.copyOf(rows);
  }

  /// @param excluded miners that may not have it, with reasons
  public static StageMatch of(
      JobSpec spec,
      StageNeed need,
      List<Candidate> candidates,
      SortedMap<Address, String> excluded,
      Parameters p) {
    List<Row> rows = candidates.stream().map(each -> row(spec, need, each, excluded, p)).toList();
    Optional<Row> best = rows.stream().filter(Row::isChosen).min(CHEAPER);
    return new StageMatch(
        need.stage(),
        rows.stream().map(row -> best.map(winner -> judged(row, winner)).orElse(row)).toList(),
        best.map(row -> new Choice(row.candidate(), row.quote().orElseThrow())));
  }

  /// An offer with what speaks against it, whatever the others cost.
  private static Row row(
      JobSpec spec,
      StageNeed need,
      Candidate candidate,
      SortedMap<Address, String> excluded,
      Parameters p) {
    OfferPut terms = candidate.offer().terms();
    try {
      int steps = spec.steps();
      Quote quote = Quote.of(need, steps, terms, candidate.freeBond(), spec, p);
      long operations = Math.multiplyExact(need.stepOperations(), steps);
      long millis = Terms.millis(operations, terms.operationsPerSecond());
      String reason = Eligibility.reason(spec, need, candidate, quote, millis);
      return new Row(
          need.stage(),
          candidate,
          Optional.of(quote),
          excluded.getOrDefault(candidate.miner(), reason));
    } catch (ArithmeticException e) {
      String reason = "price or time exceeds 64 bits";
      return new Row(need.stage(), candidate, Optional.empty(), reason);
    }
  }

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

  /// Why there is no choice, in one line.
  public String failure() {
    List<String> reasons =
        rows.stream()
            .map(row -> "offer %d: %s".formatted(row.candidate().offer().id(), row.reason()))
            .toList();
    return "no offer for stage %d: %s"
        .formatted(stage, reasons.isEmpty() ? "there are none" : String.join("; ", reasons));
  }
}
