package nimble.node.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.api.v1.MinerStage;
import nimble.api.v1.MinerView;
import nimble.api.v1.OfferView;
import nimble.chain.MinerCall.OfferPut;
import nimble.ledger.Account;
import nimble.ledger.Accounts;
import nimble.ledger.BondLock;
import nimble.ledger.Bonds;
import nimble.ledger.Delegations;
import nimble.ledger.Miners;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.Offer;
import nimble.ledger.Offers;
import nimble.ledger.StateView;
import nimble.training.HeldStage;
import nimble.training.Job;
import nimble.training.Jobs;
import nimble.training.Strikes;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.JobId;

/// Miners and their offers, in the API's words.
final class MinerViews {
  /// Jobs that are searched for a miner's stages, beside the one it works for.
  private static final int JOBS_MAX = 100;

  private final ApiParts parts;

  MinerViews(ApiParts parts) {
    this.parts = parts;
  }

  OfferView offer(Offer offer) {
    OfferPut terms = offer.terms();
    return OfferView.newBuilder()
        .setId(offer.id())
        .setMiner(parts.show(offer.miner()))
        .setHeight(offer.height())
        .setDeposit(offer.deposit())
        .setDevice(terms.device().name())
        .setDeviceName(terms.deviceName())
        .setMemoryBytes(terms.memoryBytes())
        .setOperationsPerSecond(terms.operationsPerSecond())
        .setPricePerHour(terms.pricePerHour())
        .build();
  }

  MinerView miner(StateView state, Address address) {
    Account account = Accounts.get(state, address);
    MinerView.Builder view =
        MinerView.newBuilder()
            .setAddress(parts.show(address))
            .setBalance(account.balance())
            .setBond(account.bond())
            .setBondLocked(account.locked())
            .setStake(account.stake())
            .setDelegated(
                Delegations.of(state, address).stream()
                    .mapToLong(Delegations.Position::worth)
                    .sum())
            .setVesting(account.vesting())
            .setUnbonding(account.unbonding())
            .setStrikes(Strikes.of(state, address, MoneyEpoch.of(state).number()))
            .setStrikesMax(Limits.STRIKES_MAX);
    Miners.get(state, address)
        .ifPresent(miner ->
            view.setRegistered(true)
                .setHotKey(miner.hotKey().toString())
                .setValidator(parts.show(miner.validator()))
                .setName(miner.displayName())
                .setEndpoint(miner.endpoint()));
    Offers.of(state, address).ifPresent(offer -> view.setOffer(offer(offer)));
    long earned = 0;
    for (JobId id : jobs(state, address)) {
      for (MinerStage stage : stages(state, id, address)) {
        view.addStages(stage);
        earned += stage.getEarned();
      }
    }
    return view.setEarned(earned).build();
  }

  /// Newest first.
  private static List<JobId> jobs(StateView state, Address miner) {
    List<JobId> jobs = new ArrayList<>();
    long newest = Jobs.count(state);
    long oldest = Math.max(1, newest - JOBS_MAX + 1);
    for (long number = newest; number >= oldest; number--) {
      jobs.add(new JobId(number));
    }
    Jobs.heldBy(state, miner).filter(job -> job.value() < oldest).ifPresent(jobs::add);
    return jobs;
  }

  private static List<MinerStage> stages(StateView state, JobId id, Address miner) {
    List<MinerStage> found = new ArrayList<>();
    Optional<Job> job = Jobs.load(state, id);
    for (int i = 0; job.isPresent() && i < job.get().stages().size(); i++) {
      HeldStage stage = job.get().stages().get(i);
      if (stage.miner().equals(miner)) {
        found.add(stage(state, job.get(), i, stage));
      }
    }
    return found;
  }

  private static MinerStage stage(StateView state, Job job, int index, HeldStage stage) {
    return MinerStage.newBuilder()
        .setJob(job.id().value())
        .setJobName(Jobs.spec(state, job.id()).map(JobSpec::name).orElse(""))
        .setJobState(job.state().name())
        .setStage(index)
        .setHeld(!job.state().isFinal())
        .setBondLocked(
            Bonds.lockOf(state, job.slot(index), stage.miner()).map(BondLock::amount).orElse(0L))
        .setAuditRatePermille(stage.terms().auditRatePermille())
        .setStrikes(stage.strikes())
        .setRoundsSettled(stage.earned().rounds())
        .setEarned(stage.earned().net())
        .build();
  }
}
