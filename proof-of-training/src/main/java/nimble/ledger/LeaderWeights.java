package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.ValidatorSet;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Math128;

/// The weights by which validators lead the epoch after the next (L19). Verified, paid work at most
/// doubles a validator's turns, and starts at zero without a jump.
///
/// @param epoch whose work it is
public record LeaderWeights(long epoch, List<LeaderWeight> weights) {
  /// One validator.
  ///
  /// @param fees burned for work of the miners that name it
  /// @param work `Σ stake × fees ÷ max(Σ fees, 2 B)`, B being the leaders' part of the epoch's
  ///   schedule, and the tips
  /// @param weight `stake + min(stake, work)`
  public record LeaderWeight(Address validator, long stake, long fees, long work, long weight) {
    void write(Writer writer) {
      validator.write(writer);
      writer.i64(stake).i64(fees).i64(work).i64(weight);
    }

    static LeaderWeight read(Reader reader) throws Malformed {
      return new LeaderWeight(
          Address.read(reader), reader.i64(), reader.i64(), reader.i64(), reader.i64());
    }
  }

  public LeaderWeights {
    weights = List.copyOf(weights);
  }

  /// Those that follow from the newest epoch that is over; empty while none is.
  public static Optional<LeaderWeights> of(StateView state) {
    return state.read(Keys.of(Keys.LEADER_WEIGHTS), LeaderWeights::read);
  }

  /// Of those that are elected with such stakes.
  static LeaderWeights of(
      StateView state, EpochSummary summary, List<Elections.Candidate> elected) {
    long rewards = Math.addExact(summary.schedule().leaders(), summary.counted().tips());
    long divisor = Math.max(summary.counted().fees(), Math.multiplyExact(2, rewards));
    long total = elected.stream().mapToLong(Elections.Candidate::stake).reduce(0, Math::addExact);
    List<LeaderWeight> weights = new ArrayList<>();
    for (Elections.Candidate candidate : elected) {
      Address address = candidate.validator().address();
      long stake = candidate.stake();
      long fees = Duties.in(state, summary.number(), address).fees();
      long work = divisor == 0 ? 0 : Math128.mulDiv(total, fees, divisor);
      long weight = Math.addExact(stake, Math.min(stake, work));
      weights.add(new LeaderWeight(address, stake, fees, work, weight));
    }
    return new LeaderWeights(summary.number(), weights);
  }

  /// Of a set that stays: whatever was worked meanwhile.
  static LeaderWeights of(ValidatorSet last, EpochSummary summary) {
    return new LeaderWeights(
        summary.number(),
        last.validators().stream()
            .map(seat ->
                new LeaderWeight(
                    seat.account(),
                    seat.stake(),
                    0,
                    seat.leaderWeight() - seat.stake(),
                    seat.leaderWeight()))
            .toList());
  }

  void put(Overlay state) {
    state.write(Keys.of(Keys.LEADER_WEIGHTS), this::write);
  }

  void write(Writer writer) {
    writer.i64(epoch).list(weights, ValidatorSet.VALIDATORS_MAX, LeaderWeight::write);
  }

  static LeaderWeights read(Reader reader) throws Malformed {
    return new LeaderWeights(
        reader.i64(), reader.list(ValidatorSet.VALIDATORS_MAX, LeaderWeight::read));
  }
}
