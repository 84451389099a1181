package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.JobCall.JobSubmit;
import nimble.chain.MinerCall.MinerRegister;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.ValidatorSet;
import nimble.genesis.Genesis.GenesisAccount;
import nimble.genesis.Parameters;
import nimble.ledger.Elections;
import nimble.ledger.EpochSummary;
import nimble.ledger.Income;
import nimble.ledger.MoneyEpoch;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.types.Hash;
import nimble.vm.Cuts;
import org.junit.jupiter.api.Test;

/// Verified, paid work moves who leads, two epochs later; votes follow stake alone (L19, L21). What
/// leading is worth to who pays for the work is [PaysItselfTest].
final class LeadershipTest {
  private static final long NIM = Parameters.NIM;
  private static final int VALIDATORS = 4;
  private static final int WORKED_FOR = 1;
  private static final int DEVELOPER = 4;
  private static final int MINER = 5;
  private static final long STAKE = 5_000 * NIM;
  private static final int VIEWS = 20_000;

  private static List<GenesisAccount> accounts() {
    List<GenesisAccount> accounts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      long stake = i < VALIDATORS ? STAKE : 0;
      accounts.add(new GenesisAccount(Economy.address(i), 1_000_000 * NIM, 100_000 * NIM, stake));
    }
    return accounts;
  }

  private static Economy working() {
    Parameters parameters = Parameters.devnet();
    Economy economy =
        new Economy(
            parameters.with(parameters.training().withAuditors(2)),
            1_000 * NIM,
            accounts(),
            new Honest((auditor, job) -> true));
    for (int miner = MINER; miner < MINER + 2; miner++) {
      economy.done(
          miner,
          new MinerRegister(Economy.hotKey(miner), Economy.address(WORKED_FOR), "miner", "h:1"));
      economy.done(
          miner, new OfferPut(Specs.terms(1, 1).device(), "cpu", 1L << 40, 1_000_000, 1_000 * NIM));
    }
    JobSpec small = Specs.spec(20);
    economy.done(
        DEVELOPER,
        new JobSubmit(
            new JobSpec(
                    small.name(),
                    small.theme(),
                    small.model(),
                    small.data(),
                    small.training(),
                    new Cuts(List.of(2)),
                    Optional.empty(),
                    new MoneySpec(100_000 * NIM, MoneySpec.PRICE_MAX, 0, Specs.HOUR))
                .encode()));
    return economy;
  }

  private static long number(Economy economy) {
    return MoneyEpoch.of(economy.state()).number();
  }

  /// Until the next epoch has begun.
  private static EpochSummary epoch(Economy economy) {
    long before = number(economy);
    while (number(economy) == before) {
      economy.idle(1);
    }
    return EpochSummary.of(economy.state(), before).orElseThrow();
  }

  /// What its miners earned so far: vested, it votes with it (L27).
  private static long earned(Economy economy) {
    long earned = 0;
    for (int miner = MINER; miner < MINER + 2; miner++) {
      earned += Income.of(economy.state(), Economy.address(miner)).paid();
    }
    return earned;
  }

  private static int turns(ValidatorSet set, int validator) {
    int turns = 0;
    for (long view = 1; view <= VIEWS; view++) {
      turns += set.leader(Hash.ZERO, view) == validator ? 1 : 0;
    }
    return turns;
  }

  @Test
  void leadershipFollowsWorkAndVotesFollowStake() {
    Economy economy = working();
    EpochSummary worked = epoch(economy);
    while (worked.counted().fees() == 0) {
      worked = epoch(economy);
    }
    ValidatorSet before = Elections.set(economy.state(), worked.number() + 1);
    ValidatorSet after = Elections.set(economy.state(), worked.number() + 2);
    for (int i = 0; i < VALIDATORS; i++) {
      long earned = i == WORKED_FOR ? earned(economy) : 0;
      long change = Math.abs(after.get(i).stake() - STAKE);
      assertTrue(change <= STAKE / 1_000 + earned, "votes follow stake, with what vested of it");
      assertEquals(before.get(i).stake(), before.get(i).leaderWeight(), "no work was verified yet");
      if (i != WORKED_FOR) {
        assertEquals(after.get(i).stake(), after.get(i).leaderWeight());
      }
    }
    long stake = after.get(WORKED_FOR).stake();
    long weight = after.get(WORKED_FOR).leaderWeight();
    assertTrue(weight > stake && weight <= 2 * stake, () -> "at most doubled: " + weight);
    double part = (double) weight / (weight + (VALIDATORS - 1) * STAKE);
    assertEquals((double) VIEWS / VALIDATORS, turns(before, WORKED_FOR), VIEWS * 0.02);
    assertEquals(VIEWS * part, turns(after, WORKED_FOR), VIEWS * 0.02);
    assertTrue(turns(after, WORKED_FOR) > turns(before, WORKED_FOR) * 11 / 10);

    EpochSummary idle = epoch(economy);
    while (idle.counted().fees() > 0) {
      idle = epoch(economy);
    }
    ValidatorSet later = Elections.set(economy.state(), idle.number() + 2);
    assertEquals(
        later.get(WORKED_FOR).stake(),
        later.get(WORKED_FOR).leaderWeight(),
        "who stops working leads by stake again");
  }
}
