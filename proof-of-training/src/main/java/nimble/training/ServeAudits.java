package nimble.training;

import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.genesis.TrainingParameters;
import nimble.ledger.Bonds;
import nimble.ledger.Escrows;
import nimble.ledger.Overlay;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.ledger.Vesting;
import nimble.training.matching.AuditRate;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Math128;
import nimble.types.PublicKey;

/// Who may audit what a deployment's hosts served, and which of it is drawn (S9 to S11).
final class ServeAudits {
  private static final long PERMILLE = 1_000;

  /// Words that an audit takes: two commitments, two reveals, and what may go wrong.
  private static final int WORDS = 6;

  private ServeAudits() {}

  static PublicKey signer(
      StateView state, Deployment deployment, AuditCall call, TrainingParameters p)
      throws NotAwaited {
    return switch (call) {
      case AuditorJoin join -> {
        checkPlace(deployment, join.slot());
        Auditors.checkPlaces(state, join, p);
        yield AuditSlots.voter(state, join.auditor());
      }
      case AuditorOpen open -> {
        checkPlace(deployment, open.slot());
        Auditors.checkCommitment(state, open);
        yield AuditSlots.validator(state, open.auditor());
      }
      case AuditCall.Hearing hearing -> AuditSlots.hearing(state, hearing);
      case AuditCall.OfTraining _ ->
          throw NotAwaited.because("%s is a deployment, no job", deployment.id());
    };
  }

  private static void checkPlace(Deployment deployment, StageSlot slot) throws NotAwaited {
    NotAwaited.unless(
        slot.replica() == 0 && slot.stage() < deployment.depth(),
        "deployment %s has stages 0 to %d, auditors name replica 0",
        deployment.id(),
        deployment.depth() - 1);
    NotAwaited.unless(deployment.phase() == Deployment.Phase.ACTIVE, "%s", deployment.words());
  }

  static void heard(Seating seating, AuditCall call) {
    ServeCourt court = new ServeCourt(seating);
    switch (call) {
      case AuditorJoin join -> Auditors.joined(court, join);
      case AuditorOpen open -> Auditors.opened(court, open);
      case AuditCall.Hearing hearing -> Audits.heard(court, hearing);
      case AuditCall.OfTraining _ -> throw new IllegalStateException("no slot is open for " + call);
    }
    seating.save();
  }

  static void forget(Overlay state, Deployment deployment) {
    for (int stage = 0; stage < deployment.depth(); stage++) {
      Jobs.removeAuditors(state, new StageSlot(deployment.id(), stage, 0));
    }
  }

  /// What nobody said in time, and what the block's beacon draws.
  static void endOfBlock(Seating seating) {
    ServeCourt court = new ServeCourt(seating);
    Audits.overdue(court);
    for (HostAccount account : seating.deployment().accounts()) {
      account
          .served()
          .pending()
          .filter(batch -> !batch.drawn())
          .filter(batch -> isDue(court, batch))
          .ifPresent(batch -> draw(court, account, batch));
    }
  }

  private static boolean isDue(ServeCourt court, Batch batch) {
    long from = Math.addExact(batch.brought().height(), court.parameters().beaconDelay());
    return court.context().height() >= from
        && Jobs.openAudits(court.state(), court.id()).size() < Limits.AUDITS_OPEN_MAX;
  }

  /// S10: what nobody can audit waits for somebody who can, but not for long.
  private static void draw(ServeCourt court, HostAccount account, Batch batch) {
    List<Address> able = able(court, account);
    if (able.size() < Limits.AUDITORS_PER_AUDIT) {
      if (court.parameters().auditCommit().after(batch.brought()).reachedAt(court.now())) {
        court.seating().settle(account, true);
      }
      return;
    }
    Hash seed = seed(court, account);
    long permille = permille(court, account, batch);
    if (Draws.below(Draws.part(seed, 0), PERMILLE) >= permille) {
      court.seating().settle(account, true);
      return;
    }
    int row = (int) Draws.below(Draws.part(seed, 1), batch.tokens() - account.served().tokens());
    List<Address> order = Draws.order(court.state(), able, seed);
    Deployment drawn =
        court.seating().deployment().with(account.serve(account.served().with(batch.draw())));
    court.seating().set(drawn);
    Escrows.reserveAudits(court.state(), court.id(), cost(court, account));
    Audits.open(
        court,
        account.slot(court.id()),
        account.miner(),
        new Audits.Subject(0, 0, account.attempt(), row),
        seed,
        order.subList(0, Limits.AUDITORS_PER_AUDIT),
        order.stream().skip(Limits.AUDITORS_PER_AUDIT).limit(Audit.RESERVE_MAX).toList());
  }

  private static long cost(ServeCourt court, HostAccount account) {
    long fees =
        Math.multiplyExact(Limits.AUDITORS_PER_AUDIT, account.auditFee(court.model().context()));
    long words = Math.multiplyExact(WORDS, court.context().parameters().block().slotCharge());
    return Math.addExact(fees, words);
  }

  private static Hash seed(ServeCourt court, HostAccount account) {
    return Hashing.of(
        "serve-draw",
        court.context().beacon().bytes(),
        Bytes.ofU64(court.id().value()),
        Bytes.ofU64(account.stage()),
        Bytes.ofU64(account.replica()),
        Bytes.ofU64(account.attempt()));
  }

  /// Of the host's class, if two are; otherwise of any.
  private static List<Address> able(ServeCourt court, HostAccount account) {
    List<Auditor> opened =
        Jobs.auditors(court.state(), account.slot(court.id())).stream()
            .filter(auditor -> auditor.numericClass().isPresent())
            .filter(auditor -> !auditor.account().equals(account.miner()))
            .filter(auditor -> Validators.stake(court.state(), auditor.account()) > 0)
            .toList();
    List<Address> alike =
        Draws.heard(
            court,
            opened.stream()
                .filter(auditor -> auditor.numericClass().equals(account.numericClass()))
                .map(Auditor::account)
                .toList());
    return alike.size() >= Limits.AUDITORS_PER_AUDIT
        ? alike
        : Draws.heard(court, opened.stream().map(Auditor::account).toList());
  }

  /// S10: as [AuditRate], of a receipt.
  private static long permille(ServeCourt court, HostAccount account, Batch batch) {
    StageSlot slot = account.slot(court.id());
    Optional<Long> bond =
        Bonds.lockOf(court.state(), slot, account.miner()).map(lock -> lock.amount());
    long atStake =
        Math.addExact(bond.orElse(0L), Vesting.unvested(court.state(), slot, account.miner()));
    long due = account.due(batch.tokens());
    long least = Math.min(PERMILLE, court.parameters().auditRateMinPermille());
    if (atStake <= AuditRate.MARGIN * (due / PERMILLE)) {
      return PERMILLE;
    }
    return Math.clamp(
        Math128.mulDiv(AuditRate.MARGIN * PERMILLE, due, atStake) + 1, least, PERMILLE);
  }
}
