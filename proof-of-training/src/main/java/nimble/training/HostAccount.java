package nimble.training;

import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;

/// A miner that has a seat of a deployment, or had it and may have receipts that are not paid yet.
///
/// @param numericClass that it showed
/// @param convicted why nothing more is paid to it; empty when it may be
public record HostAccount(
    int stage,
    int replica,
    int attempt,
    Address miner,
    Optional<Hash> numericClass,
    long pricePer1k,
    long operationsPer1k,
    Served served,
    String convicted) {
  static final int REASON_MAX = 128;
  private static final long THOUSAND = 1_000;

  /// Of the host of a seat.
  static HostAccount of(StageSlot slot, HostedStage seat) {
    return new HostAccount(
        slot.stage(),
        slot.replica(),
        seat.attempt(),
        seat.miner().orElseThrow(),
        seat.numericClass(),
        seat.pricePer1k(),
        seat.operationsPer1k(),
        seat.served(),
        "");
  }

  boolean isOf(StageSlot slot, int of) {
    return stage == slot.stage() && replica == slot.replica() && attempt == of;
  }

  public StageSlot slot(JobId deployment) {
    return new StageSlot(deployment, stage, replica);
  }

  /// What its host is owed for so many positions in all.
  long due(long tokens) {
    return Served.price(tokens, pricePer1k) - served.paid();
  }

  /// For one auditor: half as much again as one replay of a row of that length is worth (S3).
  long auditFee(int context) {
    return Served.price(context, pricePer1k) / 4 * 3;
  }

  /// Of one replay of a row of that length.
  public long auditOperations(int context) {
    return operationsPer1k / 2 * context / THOUSAND;
  }

  HostAccount serve(Served more) {
    return new HostAccount(
        stage, replica, attempt, miner, numericClass, pricePer1k, operationsPer1k, more, convicted);
  }

  HostAccount convict(String reason) {
    return new HostAccount(
        stage,
        replica,
        attempt,
        miner,
        numericClass,
        pricePer1k,
        operationsPer1k,
        served,
        Text.cut(reason, REASON_MAX));
  }

  void write(Writer writer) {
    miner.write(writer.u8(stage).u8(replica).u16(attempt));
    writer.optional(numericClass, Hash::write).i64(pricePer1k).i64(operationsPer1k);
    served.write(writer);
    writer.string(convicted, REASON_MAX);
  }

  static HostAccount read(Reader reader) throws Malformed {
    return new HostAccount(
        reader.u8(),
        reader.u8(),
        reader.u16(),
        Address.read(reader),
        reader.optional(Hash::read),
        reader.i64(),
        reader.i64(),
        Served.read(reader),
        reader.string(REASON_MAX));
  }
}
