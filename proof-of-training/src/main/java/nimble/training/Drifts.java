package nimble.training;

import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall.SketchCommit;
import nimble.chain.AuditCall.SketchOpen;
import nimble.chain.StageSlot;
import nimble.genesis.ClassParameters;
import nimble.ledger.Escrows;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.StateView;
import nimble.types.Address;
import nimble.types.Hash;

/// Nobody lives inside the tolerance (J32): what auditors of other classes report of a miner's
/// drift raises its audit rate, and nothing else.
final class Drifts {
  /// The audit rate of who is suspected.
  static final int PERMILLE = 500;

  private Drifts() {}

  /// Once per epoch, by who showed another class than the miner's and may be drawn all the same:
  /// within a class nothing is off.
  static void checkCommit(StateView state, Job job, SketchCommit call, ClassParameters p)
      throws NotAwaited {
    checkWatched(job);
    NotAwaited.unless(
        call.epoch() == epoch(state), "epoch %d, %d runs", call.epoch(), epoch(state));
    Optional<Hash> miners = job.stages().get(call.slot().stage()).numericClass();
    NotAwaited.unless(miners.isPresent(), "the miner has shown no class");
    Optional<Hash> shown = Auditors.classOf(state, call.slot(), call.auditor());
    NotAwaited.unless(shown.isPresent(), "%s has shown no class", call.auditor());
    NotAwaited.unless(!shown.equals(miners), "%s is of the miner's class", call.auditor());
    NotAwaited.unless(
        job.order().anyClass() || Classes.isServed(state, call.slot(), shown.get(), p),
        "the class of %s is not served, so it is not drawn",
        call.auditor());
    NotAwaited.unless(
        Jobs.sketches(state, call.slot()).of(call.auditor(), call.epoch()).isEmpty(),
        "%s has committed",
        call.auditor());
  }

  /// In the epoch after, of who holds the stage still.
  static void checkOpen(StateView state, Job job, SketchOpen call) throws NotAwaited {
    checkWatched(job);
    NotAwaited.unless(
        call.epoch() + 1 == epoch(state),
        "epoch %d is shown in the next, %d runs",
        call.epoch(),
        epoch(state));
    NotAwaited.unless(
        job.stages().get(call.slot().stage()).miner().equals(call.miner()),
        "%s does not hold the stage",
        call.miner());
    Sketches.Entry entry =
        Jobs.sketches(state, call.slot())
            .of(call.auditor(), call.epoch())
            .orElseThrow(() -> NotAwaited.because("%s committed to none", call.auditor()));
    NotAwaited.unless(entry.opened().isEmpty(), "it is open");
    NotAwaited.unless(
        entry.commitment().equals(call.commitment()), "that is not the key committed to");
  }

  private static void checkWatched(Job job) throws NotAwaited {
    boolean watched =
        switch (job.state()) {
          case RUNNING, PAUSED, SETTLING -> true;
          case MATCHED, COMPLETED, CANCELLED, FAILED, EXPIRED -> false;
        };
    NotAwaited.unless(watched, "%s: nothing is sketched", job.words());
  }

  private static long epoch(StateView state) {
    return MoneyEpoch.of(state).number();
  }

  static void committed(Turn turn, SketchCommit call) {
    Sketches before = Jobs.sketches(turn.state(), call.slot());
    Sketches after = before.commit(call.auditor(), call.epoch(), call.commitment());
    Jobs.put(turn.state(), call.slot(), after);
  }

  static void opened(Turn turn, SketchOpen call) {
    boolean reports = call.milliZ() >= Suspicion.REPORT_MILLI_Z;
    Sketches after =
        Jobs.sketches(turn.state(), call.slot())
            .open(call.auditor(), call.epoch(), call.miner(), reports);
    int stage = call.slot().stage();
    if (reports) {
      turn.happened(
          new AuditEvent.DriftReported(stage, call.auditor(), call.miner(), call.milliZ()));
    }
    List<Address> reporters = after.reporters(call.miner(), call.epoch());
    if (reporters.size() >= Suspicion.REPORTERS && after.suspicion().isEmpty()) {
      long until = epoch(turn.state()) + 2;
      List<Address> two = reporters.subList(0, Suspicion.REPORTERS);
      after = after.with(Optional.of(new Suspicion(call.miner(), until, two, List.of(), 0, false)));
      turn.happened(new AuditEvent.Suspected(stage, call.miner(), until));
    }
    Jobs.put(turn.state(), call.slot(), after);
  }

  /// At which rate a stage that `miner` did is drawn.
  static int rate(StateView state, StageSlot slot, Address miner, int permille) {
    return suspicion(state, slot, miner).filter(it -> epoch(state) < it.until()).isPresent()
        ? Math.max(permille, PERMILLE)
        : permille;
  }

  /// An audit that would not have been drawn at the stage's own rate.
  static void drawn(Turn turn, StageSlot slot, Address miner, long audit) {
    suspicion(turn.state(), slot, miner)
        .ifPresent(suspicion -> put(turn, slot, suspicion.drawn(audit)));
  }

  /// @param fees what its auditors would get
  static void closed(Turn turn, Audit audit, AuditOutcome outcome, long fees) {
    suspicion(turn.state(), audit.slot(), audit.miner())
        .ifPresent(suspicion -> {
          long number = audit.id().number();
          Suspicion next =
              switch (outcome) {
                case UPHELD -> suspicion.closed(number, fees);
                case REJECTED, CONCEDED, DEVIATED -> suspicion.closed(number, 0).find();
                case UNDECIDED, UNAUDITED, DROPPED -> suspicion.closed(number, 0);
              };
          put(turn, audit.slot(), next);
        });
  }

  /// Suspicions end by themselves; what they cost for nothing, those pay who had them.
  static void overdue(Turn turn) {
    long epoch = turn.context().epoch();
    for (int stage = 0; stage < turn.job().stages().size(); stage++) {
      StageSlot slot = turn.job().slot(stage);
      Sketches sketches = Jobs.sketches(turn.state(), slot);
      sketches
          .suspicion()
          .filter(suspicion -> suspicion.until() <= epoch && suspicion.extra().isEmpty())
          .ifPresent(suspicion -> settle(turn, slot, sketches, suspicion));
    }
  }

  /// At the job's end.
  static void forget(Turn turn) {
    for (int stage = 0; stage < turn.job().stages().size(); stage++) {
      StageSlot slot = turn.job().slot(stage);
      Sketches sketches = Jobs.sketches(turn.state(), slot);
      sketches.suspicion().ifPresent(suspicion -> settle(turn, slot, sketches, suspicion));
      Jobs.removeSketches(turn.state(), slot);
    }
  }

  private static void settle(Turn turn, StageSlot slot, Sketches sketches, Suspicion suspicion) {
    Jobs.put(turn.state(), slot, sketches.with(Optional.empty()));
    if (suspicion.found()) {
      return;
    }
    for (Address reporter : suspicion.reporters()) {
      long part = suspicion.owed() / Suspicion.REPORTERS;
      long paid = Escrows.refundAudits(turn.state(), slot.job(), reporter, part);
      turn.happened(new AuditEvent.DriftPaid(slot.stage(), reporter, paid));
    }
  }

  private static Optional<Suspicion> suspicion(StateView state, StageSlot slot, Address miner) {
    return Jobs.sketches(state, slot).suspicion().filter(it -> it.miner().equals(miner));
  }

  private static void put(Turn turn, StageSlot slot, Suspicion suspicion) {
    Sketches sketches = Jobs.sketches(turn.state(), slot);
    Jobs.put(turn.state(), slot, sketches.with(Optional.of(suspicion)));
  }
}
