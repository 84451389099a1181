package nimble.ledger;

import static nimble.ledger.LedgerTest.reason;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.chain.Receipt;
import nimble.chain.StakeCall.Delegate;
import nimble.chain.StakeCall.Undelegate;
import nimble.genesis.Parameters;
import nimble.sim.Seeds;
import nimble.types.Address;
import org.junit.jupiter.api.Test;

/// Stake that votes with somebody else (L23).
final class DelegationsTest {
  private static final long NIM = Parameters.NIM;
  private static final Address VALIDATOR = People.VALIDATOR.address();
  private final TestChain chain = TestChain.create();

  private void nextEpoch() {
    chain.beginEpoch();
    chain.runEmpty(1);
  }

  private long backing() {
    return Validators.backing(chain.view(), VALIDATOR);
  }

  private Delegations.Position position(People person) {
    return Delegations.of(chain.view(), person.address()).getFirst();
  }

  @Test
  void l23DelegatedStakeVotesTwoEpochsLater() {
    chain.run(People.DEVELOPER, new Delegate(VALIDATOR, 3 * NIM));
    assertEquals(TestChain.STAKE + 3 * NIM, backing());
    nextEpoch();
    assertEquals(TestChain.STAKE, Validators.totalStake(chain.view()));
    nextEpoch();
    assertEquals(TestChain.STAKE + 3 * NIM, Validators.totalStake(chain.view()));
  }

  @Test
  void l23WhatCannotBeDelegatedIsRefused() {
    People sender = People.DEVELOPER;
    assertTrue(reason(chain.run(sender, new Delegate(VALIDATOR, NIM - 1))).contains("at least"));
    assertTrue(reason(chain.run(sender, new Delegate(sender.address(), NIM))).contains("own NIM"));
    assertTrue(
        reason(chain.run(sender, new Delegate(People.MINER.address(), NIM)))
            .contains("does not stand"));
    assertTrue(
        reason(chain.run(sender, new Delegate(VALIDATOR, TestChain.RICH))).contains("balance"));
    assertTrue(
        reason(chain.run(sender, new Undelegate(VALIDATOR, 1))).contains("delegates nothing"));
    chain.run(sender, new Delegate(VALIDATOR, 2 * NIM));
    assertTrue(reason(chain.run(sender, new Undelegate(VALIDATOR, 2 * NIM + 1))).contains("of"));
    assertTrue(
        reason(chain.run(sender, new Undelegate(VALIDATOR, 2 * NIM - 1))).contains("leaves 1"));
  }

  @Test
  void l6DelegatedStakeUnbondsFromWhenItStopsVoting() {
    People sender = People.DEVELOPER;
    chain.run(sender, new Delegate(VALIDATOR, 3 * NIM));
    chain.run(sender, new Undelegate(VALIDATOR, 2 * NIM));
    assertEquals(2 * NIM, chain.account(sender).unbonding());
    nextEpoch();
    chain.runEmpty(15);
    assertEquals(2 * NIM, chain.account(sender).unbonding());
    nextEpoch();
    chain.runEmpty(10);
    assertEquals(0, chain.account(sender).unbonding());
    assertEquals(NIM, position(sender).worth());
    chain.run(sender, new Undelegate(VALIDATOR, NIM));
    assertEquals(List.of(), Delegations.of(chain.view(), sender.address()));
  }

  @Test
  void l23RewardsAreSharedByStakeLessCommission() {
    chain.run(People.VALIDATOR, RandomCalls.register(People.VALIDATOR, 200));
    chain.run(People.DEVELOPER, new Delegate(VALIDATOR, 300 * NIM));
    chain.run(People.FRIEND, new Delegate(VALIDATOR, 200 * NIM));
    nextEpoch();
    Reward.Validated reward = (Reward.Validated) Rewards.of(chain.view(), VALIDATOR).getFirst();
    long leading =
        EpochSummary.of(chain.view(), 0).orElseThrow().schedule().leaders() * 667 / 1_000;
    assertEquals(leading, reward.forLeading());
    // Half of the stake is delegated, and a fifth of what that earns is the validator's.
    assertEquals(leading / 2 * 800 / 1_000, reward.toDelegators());
    assertEquals(leading - reward.toDelegators(), reward.amount());
    assertEquals(reward.amount(), chain.account(People.VALIDATOR).vesting());
    assertEquals(reward.toDelegators(), Supply.of(chain.view()).delegatorRewards());
    long earned = position(People.DEVELOPER).earned();
    long carried = Delegations.pool(chain.view(), VALIDATOR).carried();
    assertTrue(carried < (500 * NIM) >> 32, "less than one step of every share");
    assertEquals(
        (double) Math.floorDiv((reward.toDelegators() - carried) * 3, 5), (double) earned, 1);

    long before = chain.account(People.DEVELOPER).balance();
    Receipt receipt = chain.run(People.DEVELOPER, new Undelegate(VALIDATOR, 0));
    assertEquals(before - receipt.fee() + earned, chain.account(People.DEVELOPER).balance());
    assertEquals(earned, Income.of(chain.view(), People.DEVELOPER.address()).delegating());
    assertEquals(300 * NIM, position(People.DEVELOPER).worth());
    assertEquals(0, position(People.DEVELOPER).earned());
  }

  @Test
  void l23ALateDelegatorEarnsNothingOfBefore() {
    chain.run(People.DEVELOPER, new Delegate(VALIDATOR, 100 * NIM));
    nextEpoch();
    chain.run(People.FRIEND, new Delegate(VALIDATOR, 100 * NIM));
    assertTrue(position(People.DEVELOPER).earned() > 0);
    assertEquals(0, position(People.FRIEND).earned());
  }

  /// Everybody's part of every reward, worked out for each reward and each delegator alone, in 2⁻⁶⁴
  /// of a nim-unit.
  private static final class Naive {
    private final TreeMap<Address, Long> shares = new TreeMap<>();
    private final TreeMap<Address, BigInteger> owed = new TreeMap<>();

    void reward(long amount) {
      long all = shares.values().stream().mapToLong(it -> it).sum();
      shares.forEach((who, part) ->
          owed.merge(
              who,
              BigInteger.valueOf(amount)
                  .multiply(BigInteger.valueOf(part))
                  .shiftLeft(64)
                  .divide(BigInteger.valueOf(all)),
              BigInteger::add));
    }
  }

  @Test
  void l23F1AgreesWithPayingEverybodyAtOnce() {
    Seeds.forEach(
        100,
        random -> {
          Overlay state = new Overlay(chain.view());
          Naive naive = new Naive();
          TreeMap<Address, Long> paid = new TreeMap<>();
          List<People> people = List.of(People.DEVELOPER, People.FRIEND, People.OTHER_MINER);
          int rewards = 0;
          for (int i = 0; i < 60; i++) {
            People who = people.get(random.nextInt(people.size()));
            long before = Accounts.get(state, who.address()).balance();
            long moved = move(random, state, who, naive);
            paid.merge(
                who.address(),
                Accounts.get(state, who.address()).balance() - before + moved,
                Math::addExact);
            if (Delegations.pool(state, VALIDATOR).sharesRewards()) {
              long reward = random.nextLong(1L << random.nextInt(1, 14));
              Delegations.earn(state, VALIDATOR, reward);
              naive.reward(reward);
              rewards++;
            }
          }
          for (People who : people) {
            Delegations.of(state, who.address())
                .forEach(it -> paid.merge(who.address(), it.earned(), Math::addExact));
            long expected =
                naive.owed.getOrDefault(who.address(), BigInteger.ZERO).shiftRight(64).longValue();
            long got = paid.getOrDefault(who.address(), 0L);
            // Each payment rounds down, and each reward carries a remainder to the next.
            assertTrue(Math.abs(expected - got) <= 60 + rewards, () -> who + " has " + got);
          }
        });
  }

  /// Delegates or undelegates something.
  ///
  /// @return how much left the balance
  private long move(SplittableRandom random, Overlay state, People who, Naive naive) {
    long has = naive.shares.getOrDefault(who.address(), 0L);
    long amount = NIM * random.nextLong(1, 30);
    if (random.nextBoolean() && amount + has < TestChain.RICH / 2) {
      Delegations.delegate(state, who.address(), VALIDATOR, amount);
      naive.shares.merge(who.address(), amount, Math::addExact);
      return amount;
    }
    if (has > 0) {
      long taken = Math.min(has, amount);
      Delegations.undelegate(state, chain.next(), who.address(), VALIDATOR, taken);
      if (has == taken) {
        naive.shares.remove(who.address());
      } else {
        naive.shares.put(who.address(), has - taken);
      }
    }
    return 0;
  }
}
