package nimble.node.chain;

import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.types.JobId;

/// Keys of the families INDEX, JOBS and META.
final class ChainKeys {
  /// META: height of the newest finalized block.
  static final Bytes TIP = Bytes.utf8("tip");

  /// META: the first height that may still have a body, where bodies are pruned.
  static final Bytes BODIES = Bytes.utf8("bodies");

  private static final int DIGEST = 0;
  private static final int TRANSACTION = 1;
  private static final int CERTIFICATE = 2;
  private static final int EPOCH = 3;
  private static final int EVIDENCE = 9;

  private ChainKeys() {}

  /// INDEX: digest of a block → its height.
  static Bytes digest(Hash digest) {
    return Writer.encode(writer -> digest.write(writer.u8(DIGEST)));
  }

  /// INDEX: id of a transaction → height and index.
  static Bytes transaction(Hash id) {
    return Writer.encode(writer -> id.write(writer.u8(TRANSACTION)));
  }

  /// JOBS: an event of a job, by its number.
  static Bytes event(JobId job, long sequence) {
    return Writer.encode(writer -> writer.i64(job.value()).i64(sequence));
  }

  /// META: two votes of one validator that exclude each other, one pair per epoch.
  static Bytes evidence(long epoch, int signer) {
    return Writer.encode(writer -> evidence(writer).i64(epoch).u8(signer));
  }

  static Bytes evidence() {
    return Writer.encode(ChainKeys::evidence);
  }

  private static Writer evidence(Writer writer) {
    return writer.u8(EVIDENCE);
  }

  /// META: height of the block that ended the epoch before, and the validators of this one.
  static Bytes epoch(long number) {
    return Writer.encode(writer -> writer.u8(EPOCH).i64(number));
  }

  /// META: the certificate that finalized the block at this height.
  static Bytes certificate(long height) {
    return Writer.encode(writer -> writer.u8(CERTIFICATE).i64(height));
  }
}
