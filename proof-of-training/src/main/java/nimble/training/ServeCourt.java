package nimble.training;

import java.util.List;
import nimble.ledger.BlockContext;
import nimble.ledger.Overlay;
import nimble.ledger.Slashes;
import nimble.ledger.Vesting;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.vm.ModelSpec;

/// Where audits of what a deployment's hosts served are heard (S10 to S12). What its verdicts do to
/// the deployment is not in state before [Seating#save].
record ServeCourt(Seating seating) implements Court {
  /// What each finder gets, in audit fees.
  private static final int FINDER_FEES = 10;

  @Override
  public Overlay state() {
    return seating.state();
  }

  @Override
  public BlockContext context() {
    return seating.context();
  }

  @Override
  public JobId id() {
    return seating.deployment().id();
  }

  @Override
  public ModelSpec model() {
    return ServedModel.of(state(), seating.deployment().order().origin()).model();
  }

  @Override
  public AuditSums sums() {
    return seating.deployment().audits();
  }

  @Override
  public void put(AuditSums sums) {
    seating.set(seating.deployment().with(sums));
  }

  /// A deployment keeps sums, no history.
  @Override
  public void happened(JobEvent event) {}

  HostAccount account(Audit audit) {
    return seating.deployment().account(audit.slot(), audit.attempt()).orElseThrow();
  }

  @Override
  public Hash claimed(Audit audit) {
    return account(audit).numericClass().orElseThrow();
  }

  @Override
  public long fee(Audit audit) {
    return account(audit).auditFee(model().context());
  }

  @Override
  public long operations(Audit audit) {
    return account(audit).auditOperations(model().context());
  }

  @Override
  public String subject(Audit audit) {
    return "the row at position %d of stage %d, replica %d,"
        .formatted(
            account(audit).served().tokens() + audit.step(),
            audit.slot().stage(),
            audit.slot().replica());
  }

  @Override
  public boolean hearsMiner() {
    return false;
  }

  @Override
  public void concede(Audit audit) {
    throw new IllegalStateException("nobody concedes what it served");
  }

  /// What a row is made of has no trace form: where too few could vote nobody is slashed.
  @Override
  public void dispute(Audit audit, boolean appealed) {
    Verdicts.undecided(this, audit);
  }

  @Override
  public void disputeOverdue(Audit audit) {
    throw new IllegalStateException("nobody disputes what was served");
  }

  @Override
  public void closed(Audit audit, AuditOutcome outcome) {
    switch (outcome) {
      case UPHELD, UNAUDITED -> seating.settle(account(audit), true);
      case REJECTED, UNDECIDED, DEVIATED, CONCEDED, DROPPED -> {
        // What follows says what becomes of it.
      }
    }
  }

  @Override
  public void unpaid(Audit audit) {
    seating.settle(account(audit), false);
  }

  @Override
  public void strike(Audit audit, String rule, String reason) {
    Strikes.add(state(), audit.miner(), context().epoch());
  }

  @Override
  public void deviated(Audit audit) {}

  /// S12.
  @Override
  public void convict(Audit audit, String reason, List<Address> finders) {
    HostAccount account = account(audit);
    long fee = Math.multiplyExact(FINDER_FEES, fee(audit));
    long refund = Vesting.unvested(state(), audit.slot(), audit.miner());
    Slashes.take(state(), context(), audit.slot(), audit.miner(), refund, finders, fee);
    Strikes.add(state(), audit.miner(), context().epoch());
    seating.settle(account, false);
    HostAccount guilty = account(audit).convict(reason);
    if (seating.deployment().hasLeft(guilty)) {
      seating.set(seating.deployment().with(guilty));
    } else {
      seating.vacate(guilty);
    }
  }
}
