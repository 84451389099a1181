package nimble.training.matching;

import nimble.chain.Device;
import nimble.chain.MinerCall.OfferPut;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.training.spec.StageNeed;

/// Why an offer may not have a stage, whatever it costs (J3).
final class Eligibility {
  private Eligibility() {}

  /// Empty when it may.
  static String reason(
      JobSpec spec, StageNeed need, Candidate candidate, Quote quote, long millis) {
    OfferPut terms = candidate.offer().terms();
    long cap = spec.money().maxPricePerHour();
    if (candidate.strikes() >= Limits.STRIKES_MAX) {
      return "%d strikes in %d epochs".formatted(candidate.strikes(), Limits.STRIKE_EPOCHS);
    }
    if (candidate.held().isPresent()) {
      return "holds a stage of job %s".formatted(candidate.held().get());
    }
    Device wanted = spec.device().orElse(terms.device());
    if (wanted != terms.device()) {
      return "device %s, must be %s".formatted(terms.device(), wanted);
    }
    if (terms.pricePerHour() > cap) {
      return "price %d an hour, at most %d".formatted(terms.pricePerHour(), cap);
    }
    if (terms.memoryBytes() < need.memoryBytes()) {
      return "memory %d bytes, needs %d".formatted(terms.memoryBytes(), need.memoryBytes());
    }
    if (millis > spec.money().deadlineMillis()) {
      return "takes %d s, deadline is %d s"
          .formatted(millis / 1_000, spec.money().deadlineMillis() / 1_000);
    }
    if (candidate.freeBond() < quote.bondLeast()) {
      return "free bond %d, needs %d".formatted(candidate.freeBond(), quote.bondLeast());
    }
    return "";
  }
}
