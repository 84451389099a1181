package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.WorkCall.CheckpointKept;
import nimble.ledger.JobRules;
import nimble.ledger.Miners;
import nimble.ledger.Registration;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.training.Job;
import nimble.training.ResumePoint;
import nimble.training.ResumePoints;
import nimble.training.role.KeepDuty;
import nimble.training.role.evidence.Plan;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// The checkpoints of a job of which a validator is custodian.
///
/// @param self its account
record DutyKeeps(StateView state, JobRules rules, Address self, PublicKey hotKey) {
  List<KeepDuty> of(Job job, Plan plan) {
    List<KeepDuty> all = new ArrayList<>();
    for (ResumePoint point : ResumePoints.of(state, job.id())) {
      for (int stage = 0; stage < point.stages().size(); stage++) {
        ResumePoint.Part part = point.stages().get(stage);
        Optional<Hash> manifest = part.manifest();
        boolean kept = part.custodians().contains(self);
        if (manifest.isPresent() && (kept || isAsked(job, point, stage))) {
          all.add(
              new KeepDuty(
                  job.slot(stage),
                  plan,
                  point.round(),
                  point.attempt(),
                  self,
                  manifest.get(),
                  part.stateRoot(),
                  kept,
                  sources(job, stage, part)));
        }
      }
    }
    return all;
  }

  /// With this validator's key: what a miner has to keep its own role does.
  private boolean isAsked(Job job, ResumePoint point, int stage) {
    int next = (stage + 1) % job.stages().size();
    CheckpointKept call = new CheckpointKept(job.slot(stage), point.round(), point.attempt(), self);
    return !job.stages().get(next).miner().equals(self)
        && rules.signerOf(state, call).equals(Optional.of(hotKey));
  }

  private List<PublicKey> sources(Job job, int stage, ResumePoint.Part part) {
    List<PublicKey> all = new ArrayList<>();
    Miners.get(state, job.stages().get(stage).miner()).ifPresent(miner -> all.add(miner.hotKey()));
    for (Address custodian : part.custodians()) {
      Validators.get(state, custodian)
          .map(Registration::hotKey)
          .or(() -> Miners.get(state, custodian).map(miner -> miner.hotKey()))
          .filter(key -> !custodian.equals(self) && !all.contains(key))
          .ifPresent(all::add);
    }
    return all;
  }
}
