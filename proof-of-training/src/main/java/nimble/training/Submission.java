package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.JobCall.JobCancel;
import nimble.chain.JobCall.JobSubmit;
import nimble.chain.JobCall.JobTopUp;
import nimble.chain.Receipt;
import nimble.chain.Receipt.Outcome;
import nimble.codec.Malformed;
import nimble.ledger.Accounts;
import nimble.ledger.BlockContext;
import nimble.ledger.Escrows;
import nimble.ledger.Overlay;
import nimble.ledger.StateView;
import nimble.spec.Problem;
import nimble.training.matching.Terms;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.training.spec.StageNeed;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Moment;

/// What developers ask (J1, J3, J14).
final class Submission {
  private static final Outcome DONE = new Outcome.Applied(Optional.empty());

  private Submission() {}

  static Outcome submit(Overlay state, BlockContext context, Address sender, JobSubmit submit) {
    JobSpec spec;
    try {
      spec = JobSpec.decode(submit.spec());
    } catch (Malformed e) {
      return rejected("job spec: " + e.getMessage());
    }
    if (Jobs.active(state).size() == Limits.ACTIVE_JOBS_MAX) {
      return rejected("%d jobs are active, no more fit".formatted(Limits.ACTIVE_JOBS_MAX));
    }
    JobPlan plan = JobPlan.of(state, context.parameters(), context.height(), context.epoch(), spec);
    Optional<Problem> problem = plan.problem();
    if (problem.isPresent()) {
      return rejected(
          plan.misfit().isPresent() || plan.matching().isComplete()
              ? problem.get().toString()
              : plan.matching().failure());
    }
    return match(state, context, sender, plan);
  }

  private static Outcome match(Overlay state, BlockContext context, Address sender, JobPlan plan) {
    JobSpec spec = plan.spec();
    long budget = spec.money().budget();
    long auditPot = plan.costs().orElseThrow().auditPot();
    JobId id = Jobs.add(state, spec);
    if (!Escrows.open(state, id, sender, budget - auditPot, auditPot)) {
      return rejected(
          "money.budget is %d, the balance %d"
              .formatted(budget, Accounts.get(state, sender).balance()));
    }
    Turn turn = new Turn(state, context, job(state, id, context, sender, plan));
    turn.happened(new JobEvent.Submitted(sender, turn.job().order().spec(), budget));
    for (StageNeed need : plan.needs()) {
      Acceptance.hold(turn, need.stage(), plan.matching().chosen().get(need.stage()));
    }
    turn.save();
    return new Outcome.Applied(Optional.of(id));
  }

  private static Job job(
      StateView state, JobId id, BlockContext context, Address sender, JobPlan plan) {
    Moment now = context.now();
    Moment deadline =
        new Moment(
            Math.addExact(now.timeMillis(), plan.spec().money().deadlineMillis()), now.height());
    JobOrder order =
        new JobOrder(
            sender,
            plan.spec().hash(),
            now,
            context.beacon(),
            deadline,
            plan.rounds().orElseThrow(),
            Starts.find(state, plan.spec()),
            plan.spec().anyClass());
    List<HeldStage> stages = new ArrayList<>();
    for (Terms terms : plan.terms()) {
      int stage = stages.size();
      stages.add(
          HeldStage.of(plan.matching().chosen().get(stage).candidate().miner(), terms)
              .backTo(order.startRoot(stage), Optional.empty()));
    }
    Moment due = RoundLength.acceptance(stages, now, context.parameters().training());
    JobStatus status = new JobStatus(JobState.MATCHED, now, due, Optional.empty(), "");
    return new Job(
        id,
        order,
        status,
        JobProgress.NONE,
        stages,
        List.of(),
        AuditSums.NONE,
        Earned.NOTHING,
        MerkleMountainRange.EMPTY);
  }

  static Outcome topUp(Overlay state, BlockContext context, Address sender, JobTopUp topUp) {
    Optional<Deployment> deployment = Deployments.load(state, topUp.job());
    if (deployment.isPresent()) {
      return Publishing.topUp(state, sender, topUp, deployment.get());
    }
    Optional<Job> job = Jobs.load(state, topUp.job());
    if (job.isEmpty() || job.get().state().isFinal()) {
      return noJob(topUp.job(), job);
    }
    if (!Escrows.topUp(state, topUp.job(), sender, topUp.amount())) {
      return rejected(
          "amount is %d, the balance %d"
              .formatted(topUp.amount(), Accounts.get(state, sender).balance()));
    }
    Turn turn = new Turn(state, context, job.get());
    turn.happened(new JobEvent.ToppedUp(sender, topUp.amount()));
    turn.save();
    return DONE;
  }

  static Outcome cancel(Overlay state, BlockContext context, Address sender, JobCancel cancel) {
    Optional<Job> job = Jobs.load(state, cancel.job());
    if (job.isEmpty() || job.get().state().isFinal()) {
      return noJob(cancel.job(), job);
    }
    if (!job.get().order().sender().equals(sender)) {
      return rejected("job %s is another account's".formatted(cancel.job()));
    }
    if (job.get().state() == JobState.SETTLING || job.get().progress().cancelled()) {
      return rejected("job %s ends already".formatted(cancel.job()));
    }
    Turn turn = new Turn(state, context, job.get());
    turn.set(turn.job().with(turn.job().progress().cancel()));
    turn.happened(new JobEvent.CancelAsked());
    if (job.get().state() != JobState.RUNNING) {
      // No round is under way, so this is a boundary.
      Settlement.begin(turn, JobState.CANCELLED, "cancelled by its sender");
    }
    turn.save();
    return DONE;
  }

  private static Outcome noJob(JobId id, Optional<Job> job) {
    return rejected(
        job.map(ended -> "job %s is %s".formatted(id, ended.state()))
            .orElseGet(() -> "there is no job %s".formatted(id)));
  }

  private static Outcome rejected(String reason) {
    return new Outcome.Rejected(Text.cut(reason, Receipt.REASON_MAX));
  }
}
