package nimble.training;

import java.util.List;
import nimble.genesis.Parameters;

/// What a job must have in escrow (J14), in nim-units.
///
/// @param stagePay of each stage for all rounds, validation included
/// @param slotCharges of every call that the rules allow its miners
/// @param auditPot what audits may cost
/// @param total the least budget
public record Costs(List<Long> stagePay, long slotCharges, long auditPot, long total) {
  /// JobAccept and ClassOpen.
  private static final int OPENING_CALLS = 2;

  public Costs {
    stagePay = List.copyOf(stagePay);
  }

  /// @throws ArithmeticException beyond 64 bits
  static Costs of(Rounds rounds, List<Terms> stages, Parameters parameters) {
    List<Long> pay = stages.stream().map(terms -> terms.price(terms.operations(rounds))).toList();
    long auditPot = 0;
    for (int i = 0; i < pay.size(); i++) {
      long reserve = Quote.auditReserve(pay.get(i), stages.get(i).auditRatePermille());
      auditPot = Math.addExact(auditPot, reserve);
    }
    long calls =
        Math.addExact(
            Math.multiplyExact((long) OPENING_CALLS, stages.size()),
            roundCalls(rounds, stages.size(), parameters));
    long charges = Math.multiplyExact(calls, parameters.block().slotCharge());
    long all = pay.stream().reduce(0L, Math::addExact);
    long total = Math.addExact(Math.addExact(all, charges), auditPot);
    return new Costs(pay, charges, auditPot, total);
  }

  /// What a job still needs, beside the audit pot, before it runs (J4).
  static long beforeStart(Job job, Parameters parameters) {
    long calls = roundCalls(job.rounds(), job.stages().size(), parameters);
    long pay = 0;
    for (HeldStage stage : job.stages()) {
      int made = (stage.hasAccepted() ? 1 : 0) + (stage.numericClass().isPresent() ? 1 : 0);
      calls = Math.addExact(calls, OPENING_CALLS - made);
      long stagePay = stage.terms().price(stage.terms().operations(job.rounds()));
      pay = Math.addExact(pay, stagePay);
    }
    return Math.addExact(pay, Math.multiplyExact(calls, parameters.block().slotCharge()));
  }

  /// Commitments of all rounds and of all that may fail, and checkpoints.
  private static long roundCalls(Rounds rounds, int stages, Parameters parameters) {
    long every = Math.max(1, parameters.training().checkpointRounds());
    long perStage = rounds.count() + Limits.FAILURES_MAX + rounds.count() / every + 1;
    return Math.multiplyExact(perStage, stages);
  }

  public long pay() {
    return total - slotCharges - auditPot;
  }
}
