package nimble.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import nimble.chain.ValidatorSet;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.genesis.Genesis;
import nimble.ledger.LeaderWeights.LeaderWeight;
import nimble.types.Moment;

/// Who votes and leads in an epoch (L21): elected at the end of the epoch two before it, from the
/// state before the entries of the block that ends it.
public final class Elections {
  /// Sets that state keeps, whatever the length of epochs: evidence about older ones is too late.
  public static final int KEPT_MAX = 512;

  /// Fewer cannot bear one fault: a set does not shrink below it.
  static final int SEATS_MIN = 4;

  private static final int PRUNED_MAX = 2;

  private Elections() {}

  /// The validators of an epoch: of the one that runs, the one after it, and those that ended less
  /// than one unbonding period ago.
  public static Optional<ValidatorSet> find(StateView state, long epoch) {
    return state.read(key(epoch), ValidatorSet::read);
  }

  /// The validators of an epoch that state must know.
  public static ValidatorSet set(StateView state, long epoch) {
    Optional<ValidatorSet> set = find(state, epoch);
    Invariant.check(set.isPresent(), "no validators of epoch %d are in state", epoch);
    return set.orElseThrow();
  }

  /// The validators of the epoch that runs.
  static ValidatorSet present(StateView state) {
    return set(state, MoneyEpoch.of(state).number());
  }

  /// When an epoch's last block was; empty while it runs, or when it is forgotten.
  static Optional<Moment> ended(StateView state, long epoch) {
    return state.read(Keys.of(Keys.EPOCH_ENDED, epoch), Moment::read);
  }

  /// Epochs 0 and 1 are genesis's.
  static void begin(Overlay state, Genesis genesis) {
    put(state, 0, genesis.validatorSet());
    put(state, 1, genesis.validatorSet());
    putOldest(state, 0);
  }

  /// At the end of an epoch: elects the one after the next.
  ///
  /// @param summary of the epoch that ends
  static void hold(Overlay state, BlockContext context, EpochSummary summary) {
    ValidatorSet last = set(state, summary.number() + 1);
    List<Candidate> seats = seats(state, context.parameters().consensus().validatorStakeMin());
    boolean tooFew = seats.size() < Math.min(SEATS_MIN, last.size());
    LeaderWeights weights =
        tooFew ? LeaderWeights.of(last, summary) : LeaderWeights.of(state, summary, seats);
    weights.put(state);
    put(state, summary.number() + 2, tooFew ? last : setOf(seats, weights.weights()));
    state.write(Keys.of(Keys.EPOCH_ENDED, summary.number()), context.now()::write);
    prune(state, context);
  }

  /// Somebody who may be elected, with the stake that would vote.
  record Candidate(Validators.Validator validator, long stake) {}

  /// Those with the most stake, in the order of registration.
  private static List<Candidate> seats(StateView state, long stakeMin) {
    List<Candidate> candidates =
        Validators.registered(state).stream()
            .filter(validator -> validator.registration().mayVote())
            .map(validator ->
                new Candidate(validator, Validators.backing(state, validator.address())))
            .filter(candidate -> candidate.stake() >= Math.max(1, stakeMin))
            .toList();
    List<Candidate> heaviest =
        candidates.stream()
            .sorted(Comparator.comparingLong(Candidate::stake).reversed())
            .limit(ValidatorSet.VALIDATORS_MAX)
            .toList();
    return candidates.stream().filter(heaviest::contains).toList();
  }

  private static ValidatorSet setOf(List<Candidate> seats, List<LeaderWeight> weights) {
    List<ValidatorSet.Validator> validators = new ArrayList<>();
    for (int i = 0; i < seats.size(); i++) {
      Validators.Validator elected = seats.get(i).validator();
      validators.add(
          new ValidatorSet.Validator(
              elected.address(),
              elected.registration().hotKey(),
              elected.registration().voteKey(),
              seats.get(i).stake(),
              weights.get(i).weight()));
    }
    return new ValidatorSet(validators);
  }

  /// Forgets sets that no evidence can be about any more, some in each epoch (L5).
  private static void prune(Overlay state, BlockContext context) {
    long running = MoneyEpoch.of(state).number();
    long oldest = state.read(oldestKey(), reader -> reader.i64()).orElseThrow();
    for (int pruned = 0; pruned < PRUNED_MAX && oldest < running; pruned++) {
      Moment kept =
          context
              .parameters()
              .money()
              .unbonding()
              .after(ended(state, oldest).orElse(context.now()));
      if (!kept.reachedAt(context.now()) && running - oldest < KEPT_MAX) {
        break;
      }
      state.remove(key(oldest));
      state.remove(Keys.of(Keys.EPOCH_ENDED, oldest));
      oldest++;
    }
    putOldest(state, oldest);
  }

  static void put(Overlay state, long epoch, ValidatorSet set) {
    state.write(key(epoch), set::write);
  }

  private static void putOldest(Overlay state, long oldest) {
    state.write(oldestKey(), writer -> writer.i64(oldest));
  }

  private static Bytes key(long epoch) {
    return Keys.of(Keys.ELECTED, epoch);
  }

  private static Bytes oldestKey() {
    return Keys.of(Keys.ELECTED_OLDEST);
  }
}
