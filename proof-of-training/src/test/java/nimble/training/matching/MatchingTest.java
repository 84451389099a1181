package nimble.training.matching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import nimble.chain.Device;
import nimble.chain.MinerCall.OfferPut;
import nimble.genesis.Parameters;
import nimble.genesis.TrainingParameters;
import nimble.ledger.Offer;
import nimble.sim.Seeds;
import nimble.training.Specs;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.training.spec.StageNeed;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

final class MatchingTest {
  private static final TrainingParameters P = Specs.PARAMETERS.training();
  private static final JobSpec SPEC = Specs.spec(100);

  private static Matching match(List<Candidate> candidates) {
    return Matching.of(SPEC, StageNeed.of(SPEC), candidates, Specs.PARAMETERS);
  }

  private static List<Long> chosen(Matching matching) {
    return matching.stages().stream()
        .map(stage -> stage.choice().map(found -> found.candidate().offer().id()).orElse(-1L))
        .toList();
  }

  private static String reason(Candidate candidate) {
    Matching matching = match(List.of(candidate));
    assertFalse(matching.isComplete());
    return matching.table().getFirst().reason();
  }

  @Test
  void j3StagesInOrderGoToTheCheapest() {
    Matching matching =
        match(
            List.of(
                Specs.candidate(1, 5_000_000),
                Specs.candidate(2, 1_000_000),
                Specs.candidate(3, 9_000_000),
                Specs.candidate(4, 3_000_000)));
    assertEquals(List.of(2L, 4L, 1L), chosen(matching));
    assertTrue(matching.isComplete());
  }

  @Test
  void j3TiesGoToTheOlderOffer() {
    assertEquals(
        List.of(1L, 2L, 3L),
        chosen(
            match(
                List.of(
                    Specs.candidate(3, 1_000_000),
                    Specs.candidate(2, 1_000_000),
                    Specs.candidate(1, 1_000_000),
                    Specs.candidate(4, 1_000_000)))));
  }

  @Test
  void j3EveryOfferNotChosenHasAReason() {
    Matching matching =
        match(IntStream.range(0, 5).mapToObj(i -> Specs.candidate(i, 1_000_000 + i)).toList());
    assertEquals(15, matching.table().size());
    assertEquals(3, matching.table().stream().filter(StageMatch.Row::isChosen).count());
    assertEquals("takes stage 0", matching.table().get(5).reason());
    assertTrue(matching.table().get(4).reason().startsWith("costs "));
  }

  @Test
  void j3TooFewOffersSayWhichStageAndWhy() {
    Matching matching = match(List.of(Specs.candidate(1, 1_000), Specs.candidate(2, 1_000)));
    assertEquals(List.of(1L, 2L, -1L), chosen(matching));
    assertEquals(
        "no offer for stage 2: offer 1: takes stage 0; offer 2: takes stage 1", matching.failure());
    assertEquals("no offer for stage 0: there are none", match(List.of()).failure());
  }

  @Test
  void j3PriceCap() {
    assertEquals(
        "price 1000000001 an hour, at most 1000000000", reason(Specs.candidate(1, 1_000_000_001)));
  }

  @Test
  void j3Memory() {
    long needed = StageNeed.of(SPEC).getFirst().memoryBytes();
    OfferPut small = new OfferPut(Device.CPU, "cpu", needed - 1, 1_000_000_000, 1);
    assertEquals(
        "memory %d bytes, needs %d".formatted(needed - 1, needed),
        reason(Specs.candidate(1, small)));
  }

  @Test
  void j3Deadline() {
    assertTrue(reason(Specs.candidate(1, Specs.terms(1, 1))).startsWith("takes "));
  }

  @Test
  void j3Bond() {
    Candidate rich = Specs.candidate(1, 1_000_000);
    Quote quote = match(List.of(rich)).table().getFirst().quote().orElseThrow();
    Candidate poor = Specs.candidate(1, rich.offer().terms(), quote.bondLeast() - 1);
    assertEquals(
        "free bond %d, needs %d".formatted(quote.bondLeast() - 1, quote.bondLeast()), reason(poor));
  }

  @Test
  void j3StrikesAndHeldStages() {
    Candidate good = Specs.candidate(1, 1);
    assertEquals(
        "3 strikes in 10 epochs",
        reason(new Candidate(good.offer(), good.freeBond(), 3, Optional.empty())));
    assertEquals(
        "holds a stage of job 7",
        reason(new Candidate(good.offer(), good.freeBond(), 2, Optional.of(new JobId(7)))));
  }

  @Test
  void j3DeviceKind() {
    JobSpec onGpu =
        new JobSpec(
            "n",
            "",
            SPEC.model(),
            SPEC.data(),
            SPEC.training(),
            SPEC.cuts(),
            Optional.of(Device.GPU),
            SPEC.money());
    Matching matching =
        Matching.of(onGpu, StageNeed.of(onGpu), List.of(Specs.candidate(1, 1)), Specs.PARAMETERS);
    assertEquals("device CPU, must be GPU", matching.table().getFirst().reason());
  }

  @Test
  void j3AbsurdNumbersAreNotEligible() {
    assertEquals(
        "price or time exceeds 64 bits",
        reason(Specs.candidate(1, Specs.terms(Long.MAX_VALUE, 1))));
    assertEquals(
        "price or time exceeds 64 bits",
        reason(Specs.candidate(1, Specs.terms(1, Long.MAX_VALUE))));
  }

  @Test
  void j3MoreBondMeansFewerAudits() {
    Parameters p = lowestRate(P, 10);
    StageNeed need = StageNeed.of(SPEC).getFirst();
    OfferPut terms = Specs.terms(1_000_000, 1_000_000_000);
    Quote least = Quote.of(need, 100, terms, 0, SPEC, p);
    Quote most = Quote.of(need, 100, terms, Long.MAX_VALUE, SPEC, p);
    assertEquals(100, least.auditRatePermille());
    assertEquals(least.bondLeast(), least.bond());
    int lowest = AuditRate.leastPermille(need, 10, p.training());
    assertTrue(lowest < 10, "a tenth of the compute");
    assertEquals(lowest, most.auditRatePermille());
    assertEquals(100 * least.bond(), lowest * most.bond());
    assertTrue(most.total() < least.total());
    JobSpec careful = Specs.spec(100, new MoneySpec(1, 1_000_000_000, 500, Specs.HOUR));
    assertEquals(500, Quote.of(need, 100, terms, 0, careful, p).auditRatePermille());
  }

  @Test
  void j3AgreesWithADumbMatcher() {
    Seeds.forEach(
        300,
        random -> {
          List<Candidate> candidates = anyCandidates(random);
          assertEquals(dumb(candidates), chosen(match(candidates)));
        });
  }

  private static List<Candidate> anyCandidates(SplittableRandom random) {
    List<Candidate> candidates = new ArrayList<>();
    for (int id = 1 + random.nextInt(12); id > 0; id--) {
      OfferPut terms =
          new OfferPut(
              random.nextBoolean() ? Device.CPU : Device.GPU,
              "d",
              random.nextInt(5) == 0 ? random.nextLong(50_000) : 1L << 30,
              1 + random.nextLong(random.nextBoolean() ? 1_000_000 : 1_000_000_000_000L),
              random.nextLong(random.nextBoolean() ? 100 : 2_000_000_000L));
      candidates.add(
          new Candidate(
              new Offer(id, Specs.address(id), 1, 0, terms),
              random.nextLong(random.nextBoolean() ? 10_000 : 1L << 50),
              random.nextInt(5),
              random.nextInt(6) == 0 ? Optional.of(new JobId(1)) : Optional.empty()));
    }
    return candidates;
  }

  /// Big integers, no tricks: for each stage the least (total, id) among those that pass.
  private static List<Long> dumb(List<Candidate> candidates) {
    List<Long> chosen = new ArrayList<>();
    for (StageNeed need : StageNeed.of(SPEC)) {
      long bestId = -1;
      BigInteger best = null;
      for (Candidate c : candidates) {
        Optional<BigInteger> total = dumbTotal(need, c);
        if (total.isEmpty() || chosen.contains(c.offer().id())) {
          continue;
        }
        int order = best == null ? -1 : total.get().compareTo(best);
        if (order < 0 || (order == 0 && c.offer().id() < bestId)) {
          best = total.get();
          bestId = c.offer().id();
        }
      }
      chosen.add(bestId);
    }
    return chosen;
  }

  private static Optional<BigInteger> dumbTotal(StageNeed need, Candidate c) {
    OfferPut t = c.offer().terms();
    BigInteger perHour = big(t.operationsPerSecond()).multiply(big(3_600));
    BigInteger price = big(t.pricePerHour());
    BigInteger step = big(need.stepOperations()).multiply(price).divide(perHour).add(big(1));
    BigInteger ops = big(need.stepOperations()).multiply(big(SPEC.training().steps()));
    BigInteger pay = ops.multiply(price).divide(perHour);
    BigInteger millis = ops.multiply(big(1_000)).divide(big(t.operationsPerSecond())).add(big(1));
    // A tenth of the price is burned, and half of that may follow as emission.
    BigInteger cost = step.add(step.divide(big(10)).divide(big(2)));
    boolean passes =
        c.strikes() < 3
            && c.held().isEmpty()
            && t.pricePerHour() <= SPEC.money().maxPricePerHour()
            && t.memoryBytes() >= need.memoryBytes()
            && millis.compareTo(big(SPEC.money().deadlineMillis())) <= 0
            && big(c.freeBond()).compareTo(cost.multiply(big(P.bondSteps()))) >= 0;
    // On the devnet both bounds of the audit rate are 100 ‰.
    BigInteger audits = pay.multiply(big(300)).divide(big(1_000));
    return passes ? Optional.of(pay.add(audits)) : Optional.empty();
  }

  private static BigInteger big(long value) {
    return BigInteger.valueOf(value);
  }

  private static Parameters lowestRate(TrainingParameters p, long permille) {
    return Specs.PARAMETERS.with(p.withAuditRates(permille, p.auditRateMaxPermille()));
  }
}
