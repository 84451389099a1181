package nimble.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.StageSlot;
import nimble.genesis.Parameters;
import nimble.ledger.Bonds;
import nimble.ledger.StateView;
import nimble.training.matching.Candidate;
import nimble.training.matching.Terms;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.Math128;

/// Which offer gets a seat (S3): the same for the chain and for whoever asks before.
public final class Placement {
  /// Tokens of one audit: a bond answers for as many of them as it does for steps of training.
  private static final long AUDITED_TOKENS = 32;

  private static final long THOUSAND = 1_000;

  private static final Comparator<Choice> BETTER =
      Comparator.comparing(Choice::left)
          .thenComparingInt(Choice::seats)
          .thenComparingLong(Choice::pricePer1k)
          .thenComparingLong(Choice::offer);

  /// An offer that may have the seat.
  ///
  /// @param left it lost a seat of this deployment before
  /// @param seats of this deployment that it has already
  /// @param bond that is locked
  public record Choice(
      Address miner, long offer, long pricePer1k, long bond, boolean left, int seats) {}

  /// The best, or why there is none.
  public record Result(Optional<Choice> choice, String failure) {}

  private Placement() {}

  static Result of(
      StateView state,
      Parameters parameters,
      List<Candidate> candidates,
      Deployment deployment,
      StageSlot seat,
      ServeNeed need) {
    long cap = cap(deployment, seat);
    List<Choice> eligible = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    for (Candidate candidate : candidates) {
      Optional<Choice> choice = choice(parameters, candidate, deployment, need);
      String reason =
          choice
              .map(it -> reason(state, seat, candidate, it, need, cap))
              .orElse("its price exceeds 64 bits");
      if (reason.isEmpty()) {
        eligible.add(choice.orElseThrow());
      } else {
        reasons.add("offer %d: %s".formatted(candidate.offer().id(), reason));
      }
    }
    return new Result(
        eligible.stream().min(BETTER),
        reasons.isEmpty() ? "there are no offers" : String.join("; ", reasons));
  }

  private static Optional<Choice> choice(
      Parameters parameters, Candidate candidate, Deployment deployment, ServeNeed need) {
    OfferPut terms = candidate.offer().terms();
    Address miner = candidate.miner();
    try {
      long price =
          Math.addExact(
              Terms.price(
                  need.operationsPer1k(), terms.pricePerHour(), terms.operationsPerSecond()),
              1);
      long audited = Math128.mulDiv(price, AUDITED_TOKENS, THOUSAND) + 1;
      return Optional.of(
          new Choice(
              miner,
              candidate.offer().id(),
              price,
              Math.multiplyExact(parameters.training().bondSteps(), audited),
              deployment.former().stream().anyMatch(host -> host.miner().equals(miner)),
              (int)
                  deployment.seats().stream()
                      .filter(seat -> seat.miner().equals(Optional.of(miner)))
                      .count()));
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static String reason(
      StateView state,
      StageSlot seat,
      Candidate candidate,
      Choice choice,
      ServeNeed need,
      long cap) {
    if (candidate.strikes() >= Limits.STRIKES_MAX) {
      return "%d strikes in %d epochs".formatted(candidate.strikes(), Limits.STRIKE_EPOCHS);
    }
    if (candidate.held().isPresent()) {
      return "holds a stage of job %s".formatted(candidate.held().get());
    }
    long memory =
        candidate.offer().terms().memoryBytes() - Deployments.memoryBytes(state, candidate.miner());
    if (memory < need.memoryBytes()) {
      return "free memory %d bytes, needs %d".formatted(memory, need.memoryBytes());
    }
    if (Deployments.of(state, candidate.miner()).size() == Deployments.HOSTED_MAX) {
      return "hosts %d stages".formatted(Deployments.HOSTED_MAX);
    }
    if (choice.pricePer1k() > cap) {
      return "price %d for 1,000 tokens, at most %d are left".formatted(choice.pricePer1k(), cap);
    }
    if (Bonds.lockOf(state, seat, candidate.miner()).isPresent()) {
      return "it had the seat, and what it served is not settled";
    }
    if (candidate.freeBond() < choice.bond()) {
      return "free bond %d, needs %d".formatted(candidate.freeBond(), choice.bond());
    }
    return "";
  }

  /// What the seats of a replica leave of its highest price.
  private static long cap(Deployment deployment, StageSlot seat) {
    return deployment.order().maxPricePer1k() - deployment.pricePer1k(seat.replica());
  }
}
