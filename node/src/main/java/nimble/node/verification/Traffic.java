package nimble.node.verification;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import nimble.chain.AuditCall.AuditCommit;
import nimble.chain.AuditCall.AuditReveal;
import nimble.chain.AuditId;
import nimble.chain.SignedWorkCall;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.CheckpointKept;
import nimble.chain.WorkCall.CheckpointRecord;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.crypto.SigningKey;
import nimble.node.files.Json;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RecordedStage;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.JobId;

/// Bytes of a recorded round: on chain the very calls, signed; off chain what is kept and fetched.
/// Numbers in the calls are as long as those of a chain that has seen many jobs.
final class Traffic {
  private static final ChainId CHAIN = new ChainId("nimble-bench");
  private static final JobId JOB = new JobId(1_000_000);
  private static final int ROUND = 1_000;
  private static final AuditId AUDIT = new AuditId(JOB, 1_000);
  private static final SigningKey KEY = SigningKey.fromSeed(Hashing.of("key").bytes());
  private static final Address WHO = new Address(Hash.ZERO.bytes().slice(0, Address.SIZE));
  private static final int SEATS = 2;

  private final Plan plan;
  private final long checkpointRounds;

  Traffic(Plan plan, long checkpointRounds) {
    this.plan = plan;
    this.checkpointRounds = checkpointRounds;
  }

  /// @param round of all stages
  ObjectNode json(List<RecordedStage> round, Shares shares) {
    ObjectNode json = Json.object();
    long commits = 0;
    long most = 0;
    double audits = 0;
    for (RecordedStage stage : round) {
      long commit = size(stage.commit(slot(stage), ROUND));
      commits += commit;
      most = Math.max(most, commit);
      audits += shares.drawn(stage.stage(), stage.round()) * SEATS * (commit() + reveal(0));
    }
    double checkpoints = (double) round.size() * checkpoint() / checkpointRounds;
    ObjectNode chain = json.putObject("onChain");
    chain.put("roundCommitMost", most);
    chain.put("perStageAndRound", (commits + audits + checkpoints) / round.size());
    chain.put("perRound", commits + audits + checkpoints);
    chain.put("commitmentsPerRound", commits);
    chain.put("auditsPerRound", audits);
    chain.put("checkpointsPerRound", checkpoints);
    chain.put("auditCommit", commit());
    chain.put("auditReveal", reveal(0));
    chain.put("auditRevealAcrossClasses", reveal(AuditReveal.PROJECTION_SIZE));
    offChain(json.putObject("offChain"), round);
    return json;
  }

  private void offChain(ObjectNode json, List<RecordedStage> round) {
    long kept = 0;
    long edges = 0;
    double fetched = 0;
    long index = 0;
    for (RecordedStage stage : round) {
      int steps = stage.index().steps().size();
      kept += stage.keptBytes();
      index += stage.index().encode().size();
      for (int step = 0; step < steps; step++) {
        fetched += (double) stage.fetchedBytes(plan, step) / steps / round.size();
      }
      var spec = plan.stages().get(stage.stage());
      edges += spec.last() ? 0 : 2L * spec.outputBytes() * plan.training().microBatches() * steps;
    }
    json.put("keptPerRound", kept);
    json.put("indexPerRound", index);
    json.put("fetchedPerAudit", Math.round(fetched));
    json.put("crossingEdgesPerRound", edges);
  }

  private static StageSlot slot(RecordedStage stage) {
    return new StageSlot(JOB, stage.stage(), 0);
  }

  private static long checkpoint() {
    StageSlot slot = new StageSlot(JOB, 0, 0);
    return size(new CheckpointRecord(slot, ROUND, 0, Hash.ZERO))
        + SEATS * size(new CheckpointKept(slot, ROUND, 0, WHO));
  }

  private static long commit() {
    return size(new AuditCommit(AUDIT, WHO, Hash.ZERO));
  }

  private static long reveal(int projection) {
    return size(
        new AuditReveal(
            AUDIT, WHO, Verdict.UPHELD, Hash.ZERO, Hash.ZERO, Bytes.wrap(new byte[projection])));
  }

  private static long size(WorkCall call) {
    return SignedWorkCall.by(KEY, CHAIN, call).encode().size();
  }
}
