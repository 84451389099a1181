package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BiPredicate;
import nimble.chain.AuditCall.AuditCommit;
import nimble.chain.AuditCall.AuditReveal;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.CheckpointKept;
import nimble.chain.WorkCall.CheckpointRecord;
import nimble.chain.WorkCall.ClassOpen;
import nimble.chain.WorkCall.JobAccept;
import nimble.chain.WorkCall.RoundCommit;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;

/// Every work call that honest miners, custodians and auditors could send for a job now: whoever
/// builds the block keeps those whose slot is open. All machines are of one class.
///
/// @param audits whether a validator audits a job
record Honest(BiPredicate<Address, JobId> audits) {
  private static final Hash CLASS = Specs.hash("class");

  List<WorkCall> calls(StateView state) {
    List<WorkCall> calls = new ArrayList<>();
    List<Address> validators =
        Validators.all(state).stream().map(Validators.Validator::address).toList();
    for (JobId id : Jobs.active(state)) {
      Job job = Jobs.load(state, id).orElseThrow();
      List<Address> auditors =
          validators.stream().filter(validator -> audits.test(validator, id)).toList();
      for (int stage = 0; stage < job.stages().size(); stage++) {
        begin(calls, job, stage, auditors);
        train(calls, job, stage, validators);
      }
      audit(calls, state, id, auditors);
    }
    return calls;
  }

  private static void begin(List<WorkCall> calls, Job job, int stage, List<Address> auditors) {
    StageSlot slot = job.slot(stage);
    Address miner = job.stages().get(stage).miner();
    calls.add(
        new JobAccept(slot, job.progress().failures(), NumericClass.commitment(CLASS, miner)));
    calls.add(new ClassOpen(slot, CLASS));
    for (Address auditor : auditors) {
      calls.add(new AuditorJoin(slot, auditor, NumericClass.commitment(CLASS, auditor)));
      calls.add(new AuditorOpen(slot, auditor, CLASS));
    }
  }

  private static void train(List<WorkCall> calls, Job job, int stage, List<Address> validators) {
    int rounds = job.rounds().count();
    int round = Math.min(job.progress().round(), rounds - 1);
    int attempt = job.progress().failures();
    boolean last = stage == job.stages().size() - 1;
    boolean validates = last && job.rounds().validationBatches(round) > 0;
    calls.add(
        new RoundCommit(
            job.slot(stage),
            round,
            attempt,
            Specs.hash("state %d %d".formatted(stage, round)),
            Specs.hash("steps %d %d".formatted(stage, round)),
            Specs.hash("edge %d %d".formatted(stage - 1, round)),
            Specs.hash("edge %d %d".formatted(stage, round)),
            last ? OptionalInt.of(1_000 - round) : OptionalInt.empty(),
            validates ? OptionalInt.of(2_000 - round) : OptionalInt.empty()));
    for (int done = 0; done < rounds; done++) {
      Hash manifest = Specs.hash("checkpoint %d %d".formatted(stage, done));
      calls.add(new CheckpointRecord(job.slot(stage), done, attempt, manifest));
      for (HeldStage custodian : job.stages()) {
        calls.add(new CheckpointKept(job.slot(stage), done, attempt, custodian.miner()));
      }
      for (Address keeper : validators) {
        calls.add(new CheckpointKept(job.slot(stage), done, attempt, keeper));
      }
    }
  }

  private static void audit(
      List<WorkCall> calls, StateView state, JobId id, List<Address> auditors) {
    for (long number : Jobs.openAudits(state, id)) {
      AuditId audit = new AuditId(id, number);
      Hash answer = Specs.hash("answer of audit " + audit);
      for (Address auditor : auditors) {
        AuditReveal reveal =
            new AuditReveal(audit, auditor, Verdict.UPHELD, answer, Specs.hash("salt " + auditor));
        calls.add(new AuditCommit(audit, auditor, reveal.commitment()));
        calls.add(reveal);
      }
    }
  }
}
