package nimble.ledger;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;
import java.util.Optional;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.crypto.Bls;
import nimble.ledger.Offences.Offence;
import nimble.ledger.Offences.Statement;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Moment;
import nimble.types.Span;
import nimble.types.VoteKey;

/// What two encoded votes prove, as of some block (L25).
public sealed interface Finding {
  /// That `seat` is to be punished, if both signatures are its own.
  ///
  /// @param votes of all that voted in the epoch of the offence
  record Charge(Offence offence, ValidatorSet.Validator seat, long votes) implements Finding {
    public Address culprit() {
      return seat.account();
    }

    /// Takes two pairing checks.
    public boolean isProven() {
      return signed(seat.voteKey(), offence.first()) && signed(seat.voteKey(), offence.second());
    }

    private static boolean signed(VoteKey key, Statement statement) {
      return Bls.verify(key, statement.preimage(), statement.signature());
    }
  }

  /// Nothing that anybody would be punished for now.
  record Dismissal(String reason) implements Finding {
    /// Reasons stand in receipts.
    @FormatMethod
    private static Dismissal of(String format, Object... values) {
      return new Dismissal(String.format(Locale.ROOT, format, values));
    }
  }

  /// Signatures are not checked.
  ///
  /// @param now the block's that would carry it
  /// @param unbonding in which evidence is taken, from the end of its epoch on
  static Finding of(
      StateView state,
      ChainId chain,
      Span unbonding,
      Moment now,
      Offences offences,
      Bytes first,
      Bytes second) {
    Optional<Offence> claimed = offences.of(chain, first, second);
    if (claimed.isEmpty()) {
      return Dismissal.of("these are no two votes that contradict each other");
    }
    Offence offence = claimed.get();
    Optional<ValidatorSet> set = voters(state, unbonding, now, offence.epoch());
    if (set.isEmpty()) {
      return Dismissal.of("epoch %d is not within one unbonding period", offence.epoch());
    }
    if (offence.signer() >= set.get().size()) {
      return Dismissal.of(
          "epoch %d has %d validators, none is %d",
          offence.epoch(), set.get().size(), offence.signer());
    }
    ValidatorSet.Validator seat = set.get().get(offence.signer());
    return Punishments.answered(state, seat.account(), offence.epoch())
        ? Dismissal.of("%s was punished already", seat.account())
        : new Charge(offence, seat, Validators.totalOf(set.get()));
  }

  /// Who voted in an epoch that runs or ended less than one unbonding period ago.
  private static Optional<ValidatorSet> voters(
      StateView state, Span unbonding, Moment now, long epoch) {
    boolean late =
        Elections.ended(state, epoch)
            .filter(end -> unbonding.after(end).reachedAt(now))
            .isPresent();
    return late || epoch > MoneyEpoch.of(state).number()
        ? Optional.empty()
        : Elections.find(state, epoch);
  }
}
