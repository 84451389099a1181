package nimble.training.role.auditor;

import java.util.Optional;
import nimble.chain.AuditId;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.genesis.TrainingParameters;
import nimble.training.NumericClass;
import nimble.training.ServedStage;
import nimble.training.role.Outcome;
import nimble.training.role.serving.RowEntry;
import nimble.training.role.serving.RowEvidence;
import nimble.training.role.serving.ServedProgram;
import nimble.training.role.serving.WeightsFetch;
import nimble.types.ChainId;
import nimble.vm.Machine;
import nimble.vm.StageSpec;
import nimble.vm.generation.ReplayAudit;
import nimble.vm.training.Probe;

/// Audits rows as one should, on a [Machine].
///
/// @param parameters of the network: its tolerances across classes
public record MachineReplays(Machine machine, ChainId chain, TrainingParameters parameters)
    implements ReplayWork {
  @Override
  public Outcome.Probed probe(ServedStage stage) {
    return new Outcome.Probed(Probe.replays(machine, stage.spec(), stage.weights()));
  }

  @Override
  public RowEvidence read(ServeDuty duty, RowEntry entry, long from, Bytes blob) throws Malformed {
    RowEvidence row = Reader.decode(blob, RowEvidence::read);
    duty.check(chain, row, entry, from);
    return row;
  }

  @Override
  public Outcome.OfAudit redo(
      ServeDuty duty, RowEvidence row, WeightsFetch weights, boolean sameClass) {
    AuditId audit = duty.audit().id();
    StageSpec stage = duty.stage().spec();
    try (ServedProgram served =
        ServedProgram.load(machine, duty.stage(), weights.checkpoint(), weights.work())) {
      ReplayAudit.Result result =
          ReplayAudit.of(
              served.program(),
              row.row(),
              row.given(stage.takesTokens()),
              row.replay(),
              duty.audit().seed(),
              sameClass,
              NumericClass.tolerance(parameters, stage.model()));
      return new Outcome.Redone(
          audit,
          MachineAudit.verdict(result.finding()),
          result.answer(),
          duty.mixed() ? Optional.of(result.projection()) : Optional.empty(),
          result.reason(),
          duty.account().auditOperations(stage.model().context()));
    } catch (Malformed e) {
      return new Outcome.Unusable(audit, e.reason());
    }
  }
}
