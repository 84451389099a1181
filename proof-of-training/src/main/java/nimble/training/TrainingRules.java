package nimble.training;

import java.util.Optional;
import nimble.chain.AuditCall;
import nimble.chain.JobCall;
import nimble.chain.JobCall.JobCancel;
import nimble.chain.JobCall.JobSubmit;
import nimble.chain.JobCall.JobTopUp;
import nimble.chain.ModelCall;
import nimble.chain.ModelCall.ModelDeploy;
import nimble.chain.ModelCall.ModelPublish;
import nimble.chain.ModelCall.ModelUndeploy;
import nimble.chain.Receipt;
import nimble.chain.ServeCall;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.CheckpointKept;
import nimble.chain.WorkCall.CheckpointRecord;
import nimble.chain.WorkCall.ClassOpen;
import nimble.chain.WorkCall.JobAccept;
import nimble.chain.WorkCall.RoundCommit;
import nimble.genesis.TrainingParameters;
import nimble.ledger.BlockContext;
import nimble.ledger.JobRules;
import nimble.ledger.Overlay;
import nimble.ledger.Slot;
import nimble.ledger.StateView;
import nimble.types.Address;
import nimble.types.JobId;

/// The job rules of this package, as the ledger calls them. Holds no state: any thread may use it
/// on a state of its own.
public final class TrainingRules implements JobRules {
  private final TrainingParameters parameters;

  /// @param parameters of the chain's genesis
  public TrainingRules(TrainingParameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public Receipt.Outcome apply(Overlay state, BlockContext context, Address sender, JobCall call) {
    return switch (call) {
      case JobSubmit submit -> Submission.submit(state, context, sender, submit);
      case JobTopUp topUp -> Submission.topUp(state, context, sender, topUp);
      case JobCancel cancel -> Submission.cancel(state, context, sender, cancel);
    };
  }

  @Override
  public Receipt.Outcome apply(
      Overlay state, BlockContext context, Address sender, ModelCall call) {
    return switch (call) {
      case ModelPublish publish -> Publishing.publish(state, context, sender, publish);
      case ModelDeploy deploy -> Publishing.deploy(state, context, sender, deploy);
      case ModelUndeploy undeploy -> Publishing.undeploy(state, context, sender, undeploy);
    };
  }

  @Override
  public Slot slot(StateView state, WorkCall.OfJob call) {
    try {
      if (call instanceof ServeCall serve) {
        return ServeSlots.of(state, serve);
      }
      if (call instanceof AuditCall audit) {
        Optional<Deployment> deployment = Deployments.load(state, call.job());
        if (deployment.isPresent()) {
          return new Slot.Open(ServeAudits.signer(state, deployment.get(), audit, parameters));
        }
      }
      return new Slot.Open(Slots.signer(state, call, parameters));
    } catch (NotAwaited e) {
      return new Slot.Closed(e.reason());
    }
  }

  @Override
  public Optional<String> fill(Overlay state, BlockContext context, WorkCall.OfJob call) {
    if (call instanceof ServeCall serve) {
      Serving.fill(state, context, serve);
      return Optional.empty();
    }
    if (call instanceof AuditCall audit && Deployments.load(state, call.job()).isPresent()) {
      ServeAudits.heard(Seating.of(state, context, call.job()), audit);
      return Optional.empty();
    }
    Turn turn = Turn.of(state, context, call.job());
    if (call instanceof AuditCall.DisputeMove move) {
      Optional<String> refused = Disputes.moved(turn, move);
      if (refused.isPresent()) {
        return refused;
      }
    }
    switch (call) {
      case JobAccept accept -> Acceptance.accepted(turn, accept);
      case ClassOpen open -> Acceptance.opened(turn, open);
      case RoundCommit commit -> RoundRules.committed(turn, commit);
      case CheckpointRecord checkpoint -> Custody.recorded(turn, checkpoint);
      case CheckpointKept kept -> Custody.kept(turn, kept);
      case AuditCall audit -> heard(turn, audit);
      case ServeCall _ -> {
        // It was heard above.
      }
    }
    Rematch.struckOut(turn);
    turn.save();
    return Optional.empty();
  }

  /// J15 to J18, J30.
  private static void heard(Turn turn, AuditCall call) {
    switch (call) {
      case AuditCall.AuditorJoin join -> Acceptance.joined(turn, join);
      case AuditCall.AuditorOpen open -> Acceptance.opened(turn, open);
      case AuditCall.Hearing hearing -> Audits.heard(turn, hearing);
      case AuditCall.Concede concede -> Audits.conceded(turn, concede.audit());
      case AuditCall.Appeal appeal -> Audits.appealed(turn, appeal.audit());
      case AuditCall.DisputeMove _ -> {
        // It was made, or refused, above.
      }
      case AuditCall.DisputeFinding finding -> Disputes.found(turn, finding);
      case AuditCall.SketchCommit commit -> Drifts.committed(turn, commit);
      case AuditCall.SketchOpen open -> Drifts.opened(turn, open);
    }
  }

  @Override
  public void endOfBlock(Overlay state, BlockContext context) {
    Serving.endOfBlock(state, context);
    for (JobId id : Jobs.active(state)) {
      Turn turn = Turn.of(state, context, id);
      Draws.draw(turn);
      Audits.overdue(turn);
      Drifts.overdue(turn);
      Settlement.settle(turn);
      if (!turn.job().state().equals(JobState.SETTLING)
          && turn.job().order().deadline().reachedAt(context.now())) {
        Settlement.begin(turn, JobState.EXPIRED, "its deadline passed");
      }
      if (turn.job().status().due().reachedAt(context.now())) {
        overdue(turn);
      }
      Custody.overdue(turn);
      Rematch.struckOut(turn);
      Rematch.seekAgain(turn);
      Acceptance.resumeAudited(turn);
      if (turn.job().state() == JobState.SETTLING) {
        Settlement.finish(turn);
      }
      turn.save();
    }
  }

  /// What the chain does when nobody came (J4, J7, J9).
  private static void overdue(Turn turn) {
    switch (turn.job().state()) {
      case MATCHED -> Acceptance.overdue(turn);
      case RUNNING -> RoundRules.overdue(turn);
      case PAUSED -> Settlement.begin(turn, JobState.EXPIRED, turn.job().status().reason());
      case SETTLING, COMPLETED, CANCELLED, FAILED, EXPIRED -> {
        // Settlement looks at the due moment by itself.
      }
    }
  }
}
