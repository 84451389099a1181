package nimble.node.sim.village;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.node.devnet.NodeKeys;
import nimble.training.NumericClass;
import nimble.training.fault.Fault;
import nimble.training.fault.Works;
import nimble.training.role.Conduct;
import nimble.training.role.auditor.AuditWork;
import nimble.training.role.auditor.Auditor;
import nimble.training.role.auditor.DutyBook;
import nimble.training.role.auditor.MachineAudit;
import nimble.training.role.evidence.Plan;
import nimble.training.role.miner.MachineWork;
import nimble.training.role.miner.Miner;
import nimble.training.sim.Actors;
import nimble.types.Hash;
import nimble.types.PublicKey;
import nimble.vm.Machine;
import nimble.vm.audit.Tolerance;
import nimble.vm.reference.ReferenceMachine;

/// The miners and auditors of a village, who train on one text (X2).
final class Villagers {
  private static final Machine MACHINE = new ReferenceMachine();

  private final Village village;
  private final Actors actors;

  /// @param text that is trained on
  Villagers(Village village, Bytes text) {
    this.village = village;
    actors = new Actors(village.around(text));
  }

  void mine(NodeKeys keys, Optional<Fault> fault) {
    mine(keys, MACHINE, fault);
  }

  void mine(NodeKeys keys, Machine own, Optional<Fault> fault) {
    PublicKey key = keys.hot().publicKey();
    Works works = works(own, fault);
    actors.mine(key, () -> new Miner(key, works::mine, Conduct.of(fault)));
  }

  /// Whoever does its work in a way of its own.
  void mine(NodeKeys keys, Party.Miner party) {
    PublicKey key = keys.hot().publicKey();
    Miner.Works works =
        (plan, stage) -> party.work(on -> new MachineWork(on, plan, stage, tolerance(plan)));
    actors.mine(key, () -> new Miner(key, works));
  }

  void audit(NodeKeys keys, Optional<Fault> fault) {
    audit(keys.hot().publicKey(), works(MACHINE, fault)::audit);
  }

  /// @param conduct what the validator does, by how an honest one does it on a machine
  void audit(NodeKeys keys, Function<Function<Machine, AuditWork>, AuditWork> conduct) {
    audit(
        keys.hot().publicKey(),
        (plan, stage) -> conduct.apply(on -> new MachineAudit(on, plan, stage, tolerance(plan))));
  }

  private void audit(PublicKey key, Auditor.Works works) {
    actors.audit(
        key,
        new DutyBook(key, village.rules()),
        () -> new Auditor(works, secrets(key), village.parameters().training().auditCommit()));
  }

  /// Between two blocks: what it had in memory is gone, its shelf stays.
  void restart(PublicKey key) {
    actors.restart(key);
  }

  private Works works(Machine machine, Optional<Fault> fault) {
    return new Works(village.parameters().training(), machine, fault);
  }

  private Tolerance tolerance(Plan plan) {
    return NumericClass.tolerance(
        village.parameters().training(), plan.stages().getFirst().model());
  }

  private static Auditor.Secrets secrets(PublicKey key) {
    return new Auditor.Secrets() {
      @Override
      public Hash salt(AuditId audit) {
        return Hashing.of("salt", key.bytes(), Bytes.utf8(audit.toString()));
      }

      @Override
      public Hash key(StageSlot slot, long epoch) {
        return Hashing.of("sketch", key.bytes(), Writer.encode(slot::write), Bytes.ofU64(epoch));
      }
    };
  }

  /// What everybody has to say in the next block.
  List<WorkCall> said() {
    return actors.said();
  }

  /// All that follows from the newest block.
  void live() {
    actors.live();
  }
}
