package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.ledger.JobRules;
import nimble.ledger.Miners;
import nimble.ledger.StateView;
import nimble.training.Audit;
import nimble.training.Auditor;
import nimble.training.Auditors;
import nimble.training.Deployment;
import nimble.training.Deployments;
import nimble.training.Jobs;
import nimble.training.ServedModel;
import nimble.training.ServedStage;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// Reads from finalized state what a validator has to do about deployments. One owner.
final class ServeBook {
  private final JobRules rules;
  private final SortedMap<JobId, List<ServedStage>> models = new TreeMap<>();

  ServeBook(JobRules rules) {
    this.rules = rules;
  }

  /// @param self the validator's account
  ServeDuties of(StateView state, Address self) {
    List<ServeStage> stages = new ArrayList<>();
    List<ServeDuty> audits = new ArrayList<>();
    TreeSet<PublicKey> hosts = new TreeSet<>();
    for (JobId id : Deployments.active(state)) {
      Deployment deployment = Deployments.load(state, id).orElseThrow();
      List<ServedStage> served =
          models.computeIfAbsent(
              id, _ -> ServedModel.of(state, deployment.order().origin()).stages());
      for (int stage = 0; stage < served.size(); stage++) {
        stages.add(stage(state, new StageSlot(id, stage, 0), served.get(stage), self));
      }
      hosts.add(deployment.order().gateway());
      deployment
          .accounts()
          .forEach(
              it -> Miners.get(state, it.miner()).ifPresent(miner -> hosts.add(miner.hotKey())));
      for (long number : Jobs.openAudits(state, id)) {
        Jobs.audit(state, new AuditId(id, number))
            .filter(audit -> DutyBook.concerns(audit, self))
            .flatMap(audit -> audit(state, deployment, served, audit, self))
            .ifPresent(audits::add);
      }
    }
    return new ServeDuties(stages, audits, hosts);
  }

  private ServeStage stage(StateView state, StageSlot slot, ServedStage stage, Address self) {
    Optional<Auditor> joined =
        Jobs.auditors(state, slot).stream()
            .filter(auditor -> auditor.account().equals(self))
            .findFirst();
    return new ServeStage(
        slot,
        stage,
        self,
        rules.signerOf(state, new AuditorJoin(slot, self, Hash.ZERO)).isPresent(),
        joined.map(Auditor::classCommitment),
        joined.flatMap(Auditor::numericClass));
  }

  private static Optional<ServeDuty> audit(
      StateView state, Deployment deployment, List<ServedStage> served, Audit audit, Address self) {
    return deployment
        .account(audit.slot(), audit.attempt())
        .map(account ->
            new ServeDuty(
                audit,
                account,
                served.get(audit.slot().stage()),
                deployment.order().gateway(),
                self,
                Auditors.isMixed(state, audit),
                DutyBook.sources(state, audit, self)));
  }
}
