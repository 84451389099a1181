package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.Receipt.Outcome;
import nimble.chain.StakeCall.Evidence;
import nimble.chain.ValidatorSet;
import nimble.crypto.Bls;
import nimble.genesis.MoneyParameters;
import nimble.ledger.Maturity.Risk;
import nimble.ledger.Offences.Offence;
import nimble.ledger.Offences.Statement;
import nimble.ledger.Registration.Standing;
import nimble.types.Address;
import nimble.types.Math128;
import nimble.types.VoteKey;

/// The penalty for double votes (L25). It ends a validator, so each is punished once.
public final class Punishments {
  /// Of those punished within one unbonding period, as many count.
  static final int LATELY_MAX = 256;

  /// Taken from who is alone.
  static final long LEAST_PERMILLE = 50;

  /// A third of all votes, punished in one unbonding period, loses all.
  private static final long GROWTH = 3;

  private static final long PERMILLE = 1_000;
  private static final long MILLION = 1_000_000;

  private Punishments() {}

  /// What a validator was punished for.
  public static Optional<Punishment> of(StateView state, Address validator) {
    return state.read(Keys.of(Keys.PUNISHMENT, validator), Punishment::read);
  }

  static Outcome evidence(
      Overlay state, BlockContext context, Evidence evidence, Offences offences) {
    Optional<Offence> claimed = offences.of(context.chain(), evidence.first(), evidence.second());
    if (claimed.isEmpty()) {
      return Calls.rejected("these are no two votes that contradict each other");
    }
    Offence offence = claimed.get();
    Optional<ValidatorSet> set = voters(state, context, offence.epoch());
    if (set.isEmpty()) {
      return Calls.rejected("epoch %d is not within one unbonding period", offence.epoch());
    }
    if (offence.signer() >= set.get().size()) {
      return Calls.rejected(
          "epoch %d has %d validators, none is %d",
          offence.epoch(), set.get().size(), offence.signer());
    }
    ValidatorSet.Validator seat = set.get().get(offence.signer());
    if (of(state, seat.account()).isPresent()) {
      return Calls.rejected("%s was punished already", seat.account());
    }
    if (!signed(seat.voteKey(), offence.first()) || !signed(seat.voteKey(), offence.second())) {
      return Calls.rejected("%s did not sign both", seat.account());
    }
    punish(state, context, offence, seat, Validators.totalOf(set.get()));
    return Calls.APPLIED;
  }

  /// Who voted in an epoch that runs or ended less than one unbonding period ago.
  private static Optional<ValidatorSet> voters(StateView state, BlockContext context, long epoch) {
    boolean late =
        Elections.ended(state, epoch)
            .filter(
                end -> context.parameters().money().unbonding().after(end).reachedAt(context.now()))
            .isPresent();
    return late || epoch > MoneyEpoch.of(state).number()
        ? Optional.empty()
        : Elections.find(state, epoch);
  }

  private static boolean signed(VoteKey key, Statement statement) {
    return Bls.verify(key, statement.preimage(), statement.signature());
  }

  private static void punish(
      Overlay state,
      BlockContext context,
      Offence offence,
      ValidatorSet.Validator seat,
      long votes) {
    Address validator = seat.account();
    List<Address> lately = lately(state, context);
    long permille = permille(state, lately);
    Punishment punishment =
        new Punishment(
            offence.epoch(),
            offence.view(),
            context.now(),
            Math128.mulDiv(seat.stake(), MILLION, votes),
            permille);
    state.write(Keys.of(Keys.PUNISHMENT, validator), punishment::write);
    lately.add(validator);
    List<Address> newest = lately.subList(Math.max(0, lately.size() - LATELY_MAX), lately.size());
    state.write(Keys.of(Keys.PUNISHED), writer -> writer.list(newest, LATELY_MAX, Address::write));
    Stakes.forfeit(state, validator, part(Accounts.get(state, validator).stake(), permille));
    Delegations.slash(state, validator, part(Delegations.pool(state, validator).stake(), permille));
    Registration kept = Validators.get(state, validator).orElseThrow();
    Validators.put(state, validator, kept.with(Standing.EXPELLED));
  }

  /// Five per cent, and three times the share of the votes that others lost in the same window.
  private static long permille(StateView state, List<Address> lately) {
    long others =
        lately.stream().mapToLong(it -> of(state, it).orElseThrow().shareMillionths()).sum();
    return Math.min(PERMILLE, LEAST_PERMILLE + GROWTH * others * PERMILLE / MILLION);
  }

  /// Those punished less than one unbonding period ago, oldest first.
  private static List<Address> lately(StateView state, BlockContext context) {
    MoneyParameters money = context.parameters().money();
    List<Address> kept =
        new ArrayList<>(
            state
                .read(Keys.of(Keys.PUNISHED), reader -> reader.list(LATELY_MAX, Address::read))
                .orElse(List.of()));
    kept.removeIf(
        it -> money.unbonding().after(of(state, it).orElseThrow().at()).reachedAt(context.now()));
    return kept;
  }

  /// What stake on its way out loses for the votes that it backed.
  static long lost(StateView state, Risk risk, long amount) {
    return of(state, risk.validator())
        .filter(punishment -> !risk.settled() && punishment.epoch() <= risk.lastEpoch())
        .map(punishment -> part(amount, punishment.permille()))
        .orElse(0L);
  }

  private static long part(long amount, long permille) {
    return Math128.mulDiv(amount, permille, PERMILLE);
  }
}
