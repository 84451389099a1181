package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.Receipt.Outcome;
import nimble.chain.StakeCall.Evidence;
import nimble.chain.WorkCall.DoubleVote;
import nimble.codec.Bytes;
import nimble.genesis.MoneyParameters;
import nimble.ledger.Maturity.Risk;
import nimble.ledger.Registration.Standing;
import nimble.types.Address;
import nimble.types.Math128;

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

  /// Whether it was punished, and all stake that backed its votes of `epoch` with it.
  static boolean answered(StateView state, Address validator, long epoch) {
    return of(state, validator).filter(it -> it.epoch() <= epoch).isPresent();
  }

  /// An account's evidence.
  static Outcome evidence(
      Overlay state, BlockContext context, Evidence evidence, Offences offences) {
    return switch (find(state, context, offences, evidence.first(), evidence.second())) {
      case Finding.Dismissal(String reason) -> new Outcome.Rejected(reason);
      case Finding.Charge charge when !charge.isProven() -> new Outcome.Rejected(unproven(charge));
      case Finding.Charge charge -> {
        punish(state, context, charge);
        yield Calls.APPLIED;
      }
    };
  }

  /// A validator's (L26); its slot is open. A reason makes the block invalid.
  static Optional<String> report(
      Overlay state, BlockContext context, DoubleVote report, Offences offences) {
    return switch (find(state, context, offences, report.first(), report.second())) {
      case Finding.Dismissal(String reason) -> Optional.of(reason);
      case Finding.Charge charge when !charge.culprit().equals(report.culprit()) ->
          Optional.of("%s signed, not %s".formatted(charge.culprit(), report.culprit()));
      case Finding.Charge charge when !charge.isProven() -> Optional.of(unproven(charge));
      case Finding.Charge charge -> {
        punish(state, context, charge);
        yield Optional.empty();
      }
    };
  }

  private static Finding find(
      StateView state, BlockContext context, Offences offences, Bytes first, Bytes second) {
    return Finding.of(
        state,
        context.chain(),
        context.parameters().money().unbonding(),
        context.now(),
        offences,
        first,
        second);
  }

  private static String unproven(Finding.Charge charge) {
    return "%s did not sign both".formatted(charge.culprit());
  }

  private static void punish(Overlay state, BlockContext context, Finding.Charge charge) {
    Address validator = charge.culprit();
    Optional<Punishment> before = of(state, validator);
    if (before.isPresent()) {
      Punishment earlier = before.get().since(charge.offence());
      state.write(Keys.of(Keys.PUNISHMENT, validator), earlier::write);
      return;
    }
    List<Address> lately = lately(state, context);
    long permille = permille(state, lately);
    Punishment punishment =
        new Punishment(
            charge.offence().epoch(),
            charge.offence().view(),
            context.now(),
            Math128.mulDiv(charge.seat().stake(), MILLION, charge.votes()),
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
