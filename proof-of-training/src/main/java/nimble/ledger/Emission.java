package nimble.ledger;

import nimble.chain.ValidatorSet;
import nimble.genesis.MoneyParameters;
import nimble.types.Address;
import nimble.types.Math128;

/// From the reward pool to those who work, lead and vote (L16–L18). What they do not get stays in
/// the pool.
final class Emission {
  private static final long PERMILLE = 1_000;

  private Emission() {}

  /// Before the entries of a block: counts the block, ends the epoch when its time is over, and
  /// pays earners of the one before.
  ///
  /// @return the context with the epoch to which the entries belong
  static BlockContext begin(Overlay state, BlockContext context) {
    Attendance.count(state, context.in(MoneyEpoch.of(state).number()));
    MoneyEpoch running = MoneyEpoch.of(state);
    if (running.isOver(context) && Payout.open(state).isEmpty()) {
      end(state, context, running);
    }
    Payout.open(state).ifPresent(payout -> payout.pay(state, context));
    return context.in(MoneyEpoch.of(state).number());
  }

  private static void end(Overlay state, BlockContext context, MoneyEpoch over) {
    MoneyParameters money = context.parameters().money();
    long passed = context.now().timeMillis() - over.started().timeMillis();
    Schedule schedule =
        Schedule.of(
            money,
            context.parameters().consensus().epochMillis(),
            Supply.of(state).rewardPool(),
            passed);
    ValidatorSet set = Elections.set(state, over.number());
    EpochSummary summary =
        new EpochSummary(
            over,
            context.now(),
            schedule,
            Validators.totalOf(set),
            schedule.workEmission(money, over.fees()));
    summary.put(state);
    Jail.close(state, over, set);
    Elections.hold(state, context, summary);
    for (ValidatorSet.Validator seat : set.validators()) {
      pay(state, context, summary, seat);
    }
    Attendance.clear(state);
    new Payout(over.number(), summary.workEmission(), over.fees(), 0, over.earners()).put(state);
    MoneyEpoch.put(state, MoneyEpoch.at(over.number() + 1, context.now()));
  }

  /// L18: a validator's part for its blocks and for its stake.
  private static void pay(
      Overlay state, BlockContext context, EpochSummary summary, ValidatorSet.Validator seat) {
    MoneyEpoch counted = summary.counted();
    Address validator = seat.account();
    Duties duties = Duties.in(state, counted.number(), validator);
    long stake = seat.stake();
    long signed = Math.min(duties.signed(), counted.views());
    long forLeading =
        counted.blocks() == 0
            ? 0
            : Math128.mulDiv(
                summary.schedule().leaders(),
                duties.voteWeight(),
                Math.multiplyExact(counted.blocks(), PERMILLE));
    long byStake =
        summary.stake() == 0
            ? 0
            : Math128.mulDiv(summary.schedule().validators(), stake, summary.stake());
    long forVoting = counted.views() == 0 ? 0 : Math128.mulDiv(byStake, signed, counted.views());
    boolean expelled = Punishments.of(state, validator).isPresent();
    if (expelled || (duties.blocks() == 0 && forVoting == 0)) {
      return;
    }
    long sharedLeading = shared(state, validator, forLeading);
    long sharedVoting = shared(state, validator, forVoting);
    Reward.Validated reward =
        new Reward.Validated(
            counted.number(),
            duties.blocks(),
            duties.voteWeight(),
            forLeading,
            stake,
            signed,
            forVoting,
            sharedLeading + sharedVoting);
    Rewards.add(state, validator, reward);
    Income.change(
        state,
        validator,
        income -> income.addValidating(forLeading - sharedLeading, forVoting - sharedVoting));
    Vesting.begin(state, context, validator, reward.amount());
    if (reward.toDelegators() > 0) {
      Delegations.earn(state, validator, reward.toDelegators());
    }
  }

  /// L23: what of a reward belongs to delegators, by their part of the stake, less commission.
  private static long shared(StateView state, Address validator, long reward) {
    DelegationPool pool = Delegations.pool(state, validator);
    if (!pool.sharesRewards()) {
      return 0;
    }
    long theirs = Math128.mulDiv(reward, pool.stake(), Validators.backing(state, validator));
    long commission = Validators.get(state, validator).orElseThrow().commissionPermille();
    return Math128.mulDiv(theirs, PERMILLE - commission, PERMILLE);
  }
}
