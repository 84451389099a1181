package nimble.ledger;

import nimble.chain.AuditCall;
import nimble.chain.Call;
import nimble.chain.JobCall;
import nimble.chain.MinerCall;
import nimble.chain.ModelCall;
import nimble.chain.ModelSource;
import nimble.chain.MoneyCall;
import nimble.chain.ServeCall;
import nimble.chain.SignedWorkCall;
import nimble.chain.StakeCall;
import nimble.chain.Transaction;
import nimble.chain.WorkCall;
import nimble.genesis.BlockParameters;

/// What an entry takes of a block: 1 per byte, the weight of its signature, and a table per call,
/// in proportion to the state that the call touches.
public final class Weights {
  private Weights() {}

  public static long of(Transaction transaction, BlockParameters block) {
    return of(transaction.encode().size(), transaction.body().call(), block);
  }

  public static long of(SignedWorkCall signed, BlockParameters block) {
    return sum(signed.encode().size(), block, of(signed.call()));
  }

  /// For who knows the size already.
  static long of(int bytes, Call call, BlockParameters block) {
    return sum(bytes, block, of(call));
  }

  private static long sum(int bytes, BlockParameters block, long call) {
    return Math.addExact(Math.addExact(bytes, block.signatureWeight()), call);
  }

  private static long of(Call call) {
    return switch (call) {
      case MoneyCall.Transfer transfer -> 1_000;
      case StakeCall.StakeAdd add -> 1_000;
      case StakeCall.StakeRemove remove -> 4_000;
      // A pairing check takes as long as thirty signatures of accounts.
      case StakeCall.ValidatorRegister register -> 64_000;
      case StakeCall.ValidatorExit exit -> 4_000;
      case StakeCall.Unjail unjail -> 4_000;
      case StakeCall.Delegate delegate -> 6_000;
      case StakeCall.Undelegate undelegate -> 8_000;
      case StakeCall.Evidence evidence -> 128_000;
      case MinerCall.MinerRegister register -> 3_000;
      case MinerCall.OfferPut put -> 8_000;
      case MinerCall.OfferWithdraw withdraw -> 8_000;
      case MinerCall.BondAdd add -> 1_000;
      case MinerCall.BondRemove remove -> 2_000;
      case JobCall.JobSubmit submit -> 50_000;
      case JobCall.JobTopUp topUp -> 2_000;
      case JobCall.JobCancel cancel -> 2_000;
      case ModelCall.ModelPublish publish ->
          switch (publish.source()) {
            case ModelSource.Trained trained -> 8_000;
            case ModelSource.Brought brought -> 50_000;
          };
      case ModelCall.ModelDeploy deploy -> 50_000;
      case ModelCall.ModelUndeploy undeploy -> 2_000;
    };
  }

  private static long of(WorkCall call) {
    return switch (call) {
      case WorkCall.DoubleVote vote -> 128_000;
      case WorkCall.JobAccept accept -> 3_000;
      case WorkCall.ClassOpen open -> 3_000;
      case WorkCall.RoundCommit commit -> 4_000;
      case WorkCall.CheckpointRecord checkpoint -> 3_000;
      case WorkCall.CheckpointKept kept -> 3_000;
      case ServeCall.HostReady ready -> 3_000;
      case ServeCall.HostMissing missing -> 4_000;
      case ServeCall.ServeReceipt receipt -> 6_000;
      case AuditCall.AuditorJoin join -> 3_000;
      case AuditCall.AuditorOpen open -> 3_000;
      case AuditCall.AuditCommit commit -> 3_000;
      case AuditCall.AuditReveal reveal -> 4_000;
      case AuditCall.DataChallenge challenge -> 3_000;
      case AuditCall.DataAnswer answer -> 3_000;
      case AuditCall.Concede concede -> 4_000;
      case AuditCall.Appeal appeal -> 4_000;
      case AuditCall.SketchCommit commit -> 3_000;
      case AuditCall.SketchOpen open -> 4_000;
      case AuditCall.VerdictVote vote -> 4_000;
      // The referee's last move reads a hundred kilobytes and multiplies millions of numbers.
      case AuditCall.DisputeMove move -> 200_000;
      case AuditCall.DisputeFinding finding -> 4_000;
    };
  }
}
