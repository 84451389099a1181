package nimble.training;

import java.util.List;
import nimble.genesis.Parameters;
import nimble.genesis.TrainingParameters;
import nimble.training.matching.Quote;
import nimble.training.matching.Terms;
import nimble.training.spec.Limits;
import nimble.training.spec.Rounds;
import nimble.types.Math128;

/// What a job must have in escrow (J14), in nim-units.
///
/// @param stagePay of each stage for all rounds, validation included
/// @param slotCharges of every call that the rules allow its miners
/// @param auditPot what audits may cost
/// @param total the least budget
public record Costs(List<Long> stagePay, long slotCharges, long auditPot, long total) {
  /// JobAccept and ClassOpen.
  private static final int OPENING_CALLS = 2;

  /// CheckpointRecord, and CheckpointKept of each custodian.
  private static final int CHECKPOINT_CALLS = 1 + ResumePoint.CUSTODIANS_MAX;

  /// AuditCommit and AuditReveal of everyone who may sit. What contests and sketches take beyond
  /// that comes out of the fees.
  private static final long AUDIT_CALLS = 2L * Audit.SEATS_MAX;

  private static final int PERMILLE = 1_000;

  public Costs {
    stagePay = List.copyOf(stagePay);
  }

  /// @throws ArithmeticException beyond 64 bits
  static Costs of(Rounds rounds, List<Terms> stages, Parameters parameters) {
    List<Long> pay = stages.stream().map(terms -> terms.price(terms.operations(rounds))).toList();
    long auditPot = 0;
    for (int i = 0; i < pay.size(); i++) {
      long joining = auditCharges(2L * Limits.AUDITORS_MAX, parameters);
      long audits = audits(stages.get(i), rounds, 0, parameters);
      auditPot = Math.addExact(auditPot, Math.addExact(joining, audits));
    }
    long calls =
        Math.addExact(
            Math.multiplyExact((long) OPENING_CALLS, stages.size()),
            roundCalls(rounds, 0, Limits.FAILURES_MAX, stages.size(), parameters.training()));
    long charges = Math.multiplyExact(calls, parameters.block().slotCharge());
    long all = pay.stream().reduce(0L, Math::addExact);
    long total = Math.addExact(Math.addExact(all, charges), auditPot);
    return new Costs(pay, charges, auditPot, total);
  }

  /// What a job still needs from the start of `round` on, beside the audit pot and what closed
  /// rounds are due (J4, J27).
  static long from(Job job, int round, Parameters parameters) {
    int failures = Limits.FAILURES_MAX - job.progress().failures();
    long calls =
        roundCalls(job.rounds(), round, failures, job.stages().size(), parameters.training());
    long pay = 0;
    for (HeldStage stage : job.stages()) {
      int made = (stage.hasAccepted() ? 1 : 0) + (stage.numericClass().isPresent() ? 1 : 0);
      calls = Math.addExact(calls, OPENING_CALLS - made);
      pay = Math.addExact(pay, pay(stage.terms(), job.rounds(), round));
    }
    return Math.addExact(pay, Math.multiplyExact(calls, parameters.block().slotCharge()));
  }

  /// Of one miner that takes a stage.
  static long entrance(Parameters parameters) {
    return Math.multiplyExact((long) OPENING_CALLS, parameters.block().slotCharge());
  }

  /// What audits may cost from the start of `round` on.
  static long auditsFrom(Job job, int round, Parameters parameters) {
    long all = 0;
    for (HeldStage stage : job.stages()) {
      all = Math.addExact(all, audits(stage.terms(), job.rounds(), round, parameters));
    }
    return all;
  }

  /// The fees of one stage's audits, and the charges for what every seat says.
  private static long audits(Terms terms, Rounds rounds, int round, Parameters parameters) {
    int rate = terms.auditRatePermille();
    long operations = terms.operationsFrom(rounds, round);
    long steps = Math128.mulDiv(operations, PERMILLE, terms.stepOperations());
    long expected = Math128.mulDiv(steps, rate, (long) PERMILLE * PERMILLE) + 1;
    long most = (long) ClosedRound.DRAWS * (rounds.count() - round);
    long calls = Math.multiplyExact(AUDIT_CALLS, Math.min(expected, most));
    long fees = Quote.auditReserve(terms.price(operations), rate);
    return Math.addExact(fees, auditCharges(calls, parameters));
  }

  private static long auditCharges(long calls, Parameters parameters) {
    boolean audited = parameters.training().auditorsPerStage() > 0;
    return audited ? Math.multiplyExact(calls, parameters.block().slotCharge()) : 0;
  }

  private static long pay(Terms terms, Rounds rounds, int round) {
    return terms.price(terms.operationsFrom(rounds, round));
  }

  /// Commitments of all rounds from `round` on and of all that may be begun anew, or, where nobody
  /// committed, what answers the roll call (J29): never both. Checkpoints and their copies.
  private static long roundCalls(
      Rounds rounds, int round, int failures, int stages, TrainingParameters p) {
    long every = Math.max(1, p.checkpointRounds());
    long checkpoints = rounds.count() / every - round / every + 1;
    long commitments = rounds.count() - round + (long) failures;
    return Math.multiplyExact(commitments + CHECKPOINT_CALLS * checkpoints, (long) stages);
  }

  public long pay() {
    return total - slotCharges - auditPot;
  }
}
