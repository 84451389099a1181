package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import nimble.chain.JobCall.JobSubmit;
import nimble.chain.MinerCall.MinerRegister;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.StakeCall.StakeAdd;
import nimble.genesis.Genesis.GenesisAccount;
import nimble.genesis.Parameters;
import nimble.ledger.EpochSummary;
import nimble.ledger.Income;
import nimble.ledger.LeaderWeights;
import nimble.ledger.LeaderWeights.LeaderWeight;
import nimble.sim.Seeds;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.vm.Cuts;
import org.junit.jupiter.api.Test;

/// A developer that is also the miner, the validator that it names, a leader and an auditor, and
/// pays itself for work that nobody needs. Its wealth at the end is held against the same network
/// on which it does not; so what is left is what paying itself is worth.
final class PaysItselfTest {
  private static final long NIM = Parameters.NIM;
  private static final int OWN_VALIDATOR = 0;
  private static final int VALIDATORS = 4;
  private static final int HONEST_DEVELOPER = 4;
  private static final int HONEST_MINER = 5;
  private static final int STAGES = 2;
  private static final int CYCLES = 3;
  private static final int LONG_CYCLES = 20;
  private static final int CYCLE_BLOCKS = 110;

  /// @param pool rewards, so that an epoch's leaders get about as much as is burned, or far less,
  ///   or more
  /// @param ownMiners accounts of its miners; the first may be its validator
  /// @param honestWork whether others' jobs run beside its own
  /// @param joins whether its validator audits its own jobs
  private record Mix(
      long pool,
      List<Long> stakes,
      int developer,
      List<Integer> ownMiners,
      long pricePerHour,
      long honestPrice,
      int auditRatePermille,
      boolean honestWork,
      boolean joins,
      long workFactorPermille) {
    static Mix any(SplittableRandom random, long workFactorPermille) {
      List<Long> stakes = new ArrayList<>();
      for (int i = 0; i < VALIDATORS; i++) {
        stakes.add(random.nextLong(1_000, 10_000) * NIM);
      }
      boolean minesAsValidator = random.nextInt(3) == 0;
      boolean minesAsDeveloper = random.nextInt(3) == 0;
      int firstMiner = minesAsValidator ? OWN_VALIDATOR : 8;
      long price = random.nextLong(200_000, 2_000_000) * NIM / 1_000;
      return new Mix(
          NIM * random.nextLong(1L << random.nextInt(1, 16)),
          stakes,
          minesAsDeveloper ? firstMiner : 7,
          List.of(firstMiner, 9),
          price,
          price * random.nextLong(1, 10) / 10,
          random.nextInt(4) == 0 ? random.nextInt(1_000) : 0,
          random.nextBoolean(),
          random.nextBoolean(),
          workFactorPermille);
    }

    TreeSet<Integer> own() {
      TreeSet<Integer> own = new TreeSet<>(ownMiners);
      own.add(developer);
      own.add(OWN_VALIDATOR);
      return own;
    }

    Parameters parameters() {
      Parameters devnet = Parameters.devnet();
      return devnet
          .with(devnet.money().withWorkFactorPermille(workFactorPermille))
          .with(devnet.training().withAuditors(2));
    }

    List<GenesisAccount> accounts() {
      List<GenesisAccount> accounts = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        long stake = i < VALIDATORS ? stakes.get(i) : 0;
        accounts.add(new GenesisAccount(Economy.address(i), 1_000_000 * NIM, 100_000 * NIM, stake));
      }
      return accounts;
    }
  }

  /// What the self-payer has at the end.
  ///
  /// @param wealth in nim-units
  /// @param ledMore what leader weights would bring it above its stake's part
  /// @param votes pay that it earned as miners: vested, it votes with its validator
  /// @param fees burned for its own work
  /// @param led blocks that its validator led
  private record End(long wealth, long ledMore, long votes, long fees, int led) {}

  private static End run(Mix mix, boolean paysItself, long stakesInstead) {
    return run(mix, paysItself, stakesInstead, CYCLES, false);
  }

  /// @param elects whether leaders are elected, as the chain does
  private static End run(
      Mix mix, boolean paysItself, long stakesInstead, int cycles, boolean elects) {
    Address own = Economy.address(OWN_VALIDATOR);
    TreeSet<JobId> ownJobs = new TreeSet<>();
    // Auditing others' work is the same in both worlds: leave the luck of the draw out.
    Honest honest =
        new Honest(
            (auditor, job) -> !auditor.equals(own) || (mix.joins() && ownJobs.contains(job)));
    Economy economy = new Economy(mix.parameters(), mix.pool(), mix.accounts(), honest, elects);
    offers(economy, mix);
    if (stakesInstead > 0) {
      economy.done(OWN_VALIDATOR, new StakeAdd(stakesInstead));
    }
    long ledMore = 0;
    for (int cycle = 0; cycle < cycles; cycle++) {
      // Others' miners are cheaper: they are busy with the honest job when the self-payer comes.
      int begun = 0;
      if (mix.honestWork()) {
        submit(economy, HONEST_DEVELOPER, mix);
        begun++;
      }
      if (paysItself) {
        ownJobs.add(new JobId(Jobs.count(economy.state()) + 1));
        submit(economy, mix.developer(), mix);
        begun++;
      }
      for (int block = begun; block < CYCLE_BLOCKS; block++) {
        long epoch = newest(economy);
        economy.idle(1);
        ledMore += newest(economy) > epoch ? ledMore(economy, own) : 0;
      }
    }
    economy.idle(70);
    economy.audit();
    long fees = 0;
    long audits = 0;
    for (JobId job : ownJobs) {
      assertEquals(JobState.COMPLETED, economy.job(job).state(), economy.job(job)::toString);
      fees += economy.job(job).earned().fee();
      audits += economy.job(job).audits().upheld();
    }
    assertEquals(paysItself, audits > 0, "its work is audited, by others and by itself");
    long wealth = mix.own().stream().mapToLong(economy::wealth).sum();
    long votes =
        mix.own().stream()
            .mapToLong(it -> Income.of(economy.state(), Economy.address(it)).work())
            .sum();
    return new End(wealth, ledMore, votes, fees, economy.led(OWN_VALIDATOR));
  }

  private static void offers(Economy economy, Mix mix) {
    for (int miner : mix.ownMiners()) {
      offer(economy, miner, OWN_VALIDATOR, mix.pricePerHour());
    }
    if (mix.honestWork()) {
      for (int i = 0; i < STAGES; i++) {
        offer(economy, HONEST_MINER + i, 1, mix.honestPrice());
      }
    }
  }

  private static void offer(Economy economy, int miner, int validator, long price) {
    economy.done(
        miner,
        new MinerRegister(
            Economy.hotKey(miner), Economy.address(validator), "miner " + miner, "h:1"));
    economy.done(
        miner, new OfferPut(Specs.terms(1, 1).device(), "cpu", 1L << 40, 1_000_000, price));
  }

  private static void submit(Economy economy, int developer, Mix mix) {
    JobSpec small = Specs.spec(20);
    JobSpec spec =
        new JobSpec(
            small.name(),
            small.theme(),
            small.model(),
            small.data(),
            small.training(),
            new Cuts(List.of(2)),
            Optional.empty(),
            new MoneySpec(100_000 * NIM, MoneySpec.PRICE_MAX, mix.auditRatePermille(), Specs.HOUR));
    economy.done(developer, new JobSubmit(spec.encode()));
  }

  private static long newest(Economy economy) {
    return EpochSummary.newest(economy.state()).stream()
        .mapToLong(EpochSummary::number)
        .findFirst()
        .orElse(-1);
  }

  /// In expectation, if the weights of this epoch led the next one with the same rewards.
  private static long ledMore(Economy economy, Address own) {
    LeaderWeights weights = LeaderWeights.of(economy.state()).orElseThrow();
    EpochSummary summary = EpochSummary.newest(economy.state()).getFirst();
    double rewards = summary.schedule().leaders() + summary.counted().tips();
    double stake = 0;
    double weight = 0;
    double ownStake = 0;
    double ownWeight = 0;
    for (LeaderWeight each : weights.weights()) {
      stake += each.stake();
      weight += each.weight();
      ownStake += each.validator().equals(own) ? each.stake() : 0;
      ownWeight += each.validator().equals(own) ? each.weight() : 0;
    }
    return (long) (rewards * (ownWeight / weight - ownStake / stake));
  }

  /// What paying itself is worth: below zero, it is poorer than without.
  private static long gain(Mix mix) {
    End selfPaid = run(mix, true, 0);
    // Pay that vested votes: the same NIM could have voted without a job.
    End without = run(mix, false, selfPaid.votes());
    assertTrue(selfPaid.fees() > NIM, "it really paid itself");
    return selfPaid.wealth() + selfPaid.ledMore() - without.wealth() - without.ledMore();
  }

  @Test
  void whoPaysItselfEndsPoorerInEveryMix() {
    Seeds.forEach(
        12,
        random -> {
          Mix mix = Mix.any(random, 500);
          long gain = gain(mix);
          assertTrue(gain < 0, () -> "%s gains %d".formatted(mix, gain));
        });
  }

  /// Leaders as the chain elects them, over thousands of views: more of them are its own, and that
  /// does not pay for what it burned.
  @Test
  void whoPaysItselfLeadsMoreAndEndsPoorer() {
    Mix mix =
        new Mix(
            60 * NIM,
            List.of(5_000 * NIM, 5_000 * NIM, 5_000 * NIM, 5_000 * NIM),
            7,
            List.of(8, 9),
            1_000 * NIM,
            500 * NIM,
            0,
            false,
            false,
            500);
    End selfPaid = run(mix, true, 0, LONG_CYCLES, true);
    End without = run(mix, false, 0, LONG_CYCLES, true);
    assertTrue(selfPaid.led() > without.led() * 6 / 5, () -> selfPaid + " after " + without);
    long lost = without.wealth() - selfPaid.wealth();
    assertTrue(lost > selfPaid.fees() / 2, () -> selfPaid + " after " + without);
  }

  /// The simulation would see it: a devnet may pay more than was burned, and then it pays.
  @Test
  void withAWorkFactorAboveOneItWouldPay() {
    Mix mix =
        new Mix(
            10_000 * NIM,
            List.of(5_000 * NIM, 5_000 * NIM, 5_000 * NIM, 5_000 * NIM),
            7,
            List.of(8, 9),
            1_000 * NIM,
            500 * NIM,
            0,
            false,
            true,
            5_000);
    assertTrue(gain(mix) > 0, "more is handed out than was burned");
  }
}
