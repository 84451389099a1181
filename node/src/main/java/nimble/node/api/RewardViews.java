package nimble.node.api;

import java.util.Optional;
import java.util.TreeSet;
import nimble.api.v1.AuditRateView;
import nimble.api.v1.IncomeView;
import nimble.api.v1.LeaderWeightView;
import nimble.api.v1.MoneyEpochView;
import nimble.api.v1.MoneyEpochs;
import nimble.api.v1.MoneyTerms;
import nimble.api.v1.RewardExplanation;
import nimble.api.v1.ValidatorReward;
import nimble.api.v1.WorkReward;
import nimble.chain.StageSlot;
import nimble.genesis.MoneyParameters;
import nimble.genesis.TrainingParameters;
import nimble.ledger.Accounts;
import nimble.ledger.BondLock;
import nimble.ledger.Bonds;
import nimble.ledger.Earner;
import nimble.ledger.EpochSummary;
import nimble.ledger.Income;
import nimble.ledger.LeaderWeights;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.Reward;
import nimble.ledger.Rewards;
import nimble.ledger.StateView;
import nimble.ledger.Supply;
import nimble.ledger.Vesting;
import nimble.training.HeldStage;
import nimble.training.Job;
import nimble.training.Jobs;
import nimble.training.matching.AuditRate;
import nimble.training.matching.Terms;
import nimble.training.spec.StageNeed;
import nimble.types.Address;

/// Rewards, in the API's words.
final class RewardViews {
  private final ApiParts parts;
  private final MoneyParameters money;

  RewardViews(ApiParts parts) {
    this.parts = parts;
    this.money = parts.genesis().parameters().money();
  }

  RewardExplanation explain(StateView state, Address address) {
    RewardExplanation.Builder view =
        RewardExplanation.newBuilder()
            .setAddress(parts.show(address))
            .setIncome(income(state, address))
            .setTerms(terms());
    TreeSet<Long> epochs = new TreeSet<>();
    for (Reward reward : Rewards.of(state, address)) {
      epochs.add(reward.epoch());
      switch (reward) {
        case Reward.Worked worked -> view.addWork(work(state, worked));
        case Reward.Validated validated -> view.addValidating(validating(validated));
      }
    }
    epochs.descendingSet().stream()
        .map(number -> EpochSummary.of(state, number))
        .flatMap(Optional::stream)
        .forEach(summary -> view.addEpochs(epoch(summary)));
    Jobs.heldBy(state, address)
        .flatMap(id -> Jobs.load(state, id))
        .ifPresent(job -> addAuditRates(view, state, job, address));
    return view.build();
  }

  private static IncomeView income(StateView state, Address address) {
    Income income = Income.of(state, address);
    return IncomeView.newBuilder()
        .setWork(income.work())
        .setEmission(income.emission())
        .setLeading(income.leading())
        .setVoting(income.voting())
        .setAudits(income.audits())
        .setDelegating(income.delegating())
        .setPaid(income.paid())
        .setVesting(Accounts.get(state, address).vesting())
        .setBonded(income.vested())
        .setLost(income.lost())
        .build();
  }

  private static WorkReward work(StateView state, Reward.Worked worked) {
    Earner earner = worked.earner();
    Optional<Terms> terms =
        Jobs.load(state, earner.slot().job())
            .map(job -> job.stages().get(earner.slot().stage()))
            .filter(stage -> stage.miner().equals(earner.miner()))
            .map(HeldStage::terms);
    return WorkReward.newBuilder()
        .setEpoch(worked.epoch())
        .setJob(earner.slot().job().value())
        .setStage(earner.slot().stage())
        .setOperations(earner.operations())
        .setPricePerHour(terms.map(Terms::pricePerHour).orElse(0L))
        .setOperationsPerSecond(terms.map(Terms::operationsPerSecond).orElse(0L))
        .setPayments(earner.payments())
        .setGross(earner.gross())
        .setFee(earner.fee())
        .setNet(earner.gross() - earner.fee())
        .setEmission(worked.amount())
        .build();
  }

  private static ValidatorReward validating(Reward.Validated reward) {
    return ValidatorReward.newBuilder()
        .setEpoch(reward.epoch())
        .setBlocks(reward.blocks())
        .setVoteWeight(reward.voteWeight())
        .setForLeading(reward.forLeading())
        .setStake(reward.stake())
        .setSigned(reward.signed())
        .setForVoting(reward.forVoting())
        .setToDelegators(reward.toDelegators())
        .build();
  }

  private void addAuditRates(
      RewardExplanation.Builder view, StateView state, Job job, Address address) {
    for (int i = 0; i < job.stages().size(); i++) {
      HeldStage stage = job.stages().get(i);
      if (stage.miner().equals(address)) {
        view.addAuditRates(auditRate(state, job, i));
      }
    }
  }

  private AuditRateView auditRate(StateView state, Job job, int index) {
    TrainingParameters p = parts.genesis().parameters().training();
    StageSlot slot = job.slot(index);
    HeldStage stage = job.stages().get(index);
    StageNeed need = StageNeed.of(Jobs.spec(state, job.id()).orElseThrow()).get(index);
    int least = AuditRate.leastPermille(need, job.rounds().roundSteps(), p);
    long stepPay = stage.terms().stepPay();
    AuditRate rate =
        AuditRate.of(
            AuditRate.cost(stepPay, money),
            Bonds.lockOf(state, slot, stage.miner()).map(BondLock::amount).orElse(0L),
            Vesting.unvested(state, slot, stage.miner()),
            least,
            p);
    return AuditRateView.newBuilder()
        .setJob(slot.job().value())
        .setStage(slot.stage())
        .setStepPay(stepPay)
        .setStepEmission(AuditRate.expectedEmission(stepPay, money))
        .setBond(rate.bond())
        .setUnvested(rate.unvested())
        .setMargin(AuditRate.MARGIN)
        .setDetectionPermille(AuditRate.DETECTION_PERMILLE)
        .setLeastPermille(least)
        .setMostPermille((int) p.auditRateMaxPermille())
        .setRatePermille(rate.permille())
        .setMatchedPermille(stage.terms().auditRatePermille())
        .build();
  }

  MoneyEpochs epochs(StateView state) {
    MoneyEpoch running = MoneyEpoch.of(state);
    MoneyEpochs.Builder view =
        MoneyEpochs.newBuilder()
            .setRunning(running.number())
            .setRunningFees(running.fees())
            .setRewardPool(Supply.of(state).rewardPool())
            .setTerms(terms());
    EpochSummary.newest(state).forEach(summary -> view.addEpochs(epoch(summary)));
    LeaderWeights.of(state)
        .ifPresent(weights ->
            weights.weights().forEach(weight -> view.addLeaderWeights(leaderWeight(weight))));
    return view.build();
  }

  private MoneyTerms terms() {
    return MoneyTerms.newBuilder()
        .setProtocolFeePermille(money.protocolFeePermille())
        .setWorkFactorPermille(money.workFactorPermille())
        .setHalvingMillis(money.halvingMillis())
        .setWorkSharePermille(money.workSharePermille())
        .setLeaderSharePermille(money.leaderSharePermille())
        .setValidatorSharePermille(money.validatorSharePermille())
        .build();
  }

  private static MoneyEpochView epoch(EpochSummary summary) {
    MoneyEpoch counted = summary.counted();
    return MoneyEpochView.newBuilder()
        .setNumber(summary.number())
        .setStartedMillis(counted.started().timeMillis())
        .setEndedMillis(summary.ended().timeMillis())
        .setBlocks(counted.blocks())
        .setVoteWeight(counted.voteWeight())
        .setViews(counted.views())
        .setStake(summary.stake())
        .setFees(counted.fees())
        .setTips(counted.tips())
        .setPool(summary.schedule().pool())
        .setElapsedMillis(summary.schedule().elapsedMillis())
        .setSchedule(summary.schedule().total())
        .setWork(summary.schedule().work())
        .setLeaders(summary.schedule().leaders())
        .setValidators(summary.schedule().validators())
        .setWorkEmission(summary.workEmission())
        .build();
  }

  private LeaderWeightView leaderWeight(LeaderWeights.LeaderWeight weight) {
    return LeaderWeightView.newBuilder()
        .setAddress(parts.show(weight.validator()))
        .setStake(weight.stake())
        .setFees(weight.fees())
        .setWork(weight.work())
        .setWeight(weight.weight())
        .build();
  }
}
