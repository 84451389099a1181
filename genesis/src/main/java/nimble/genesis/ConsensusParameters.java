package nimble.genesis;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// Timing of consensus and blocks, in milliseconds.
///
/// @param idleMillis a leader without transactions proposes an empty block after this
/// @param leaderTimeoutMillis a view without a proposal is nullified after this
/// @param certTimeoutMillis a view without a certificate is nullified after this
/// @param retryMillis votes for a stalled view are sent again after this
/// @param fetchMillis a missing block is asked of the next peer after this
/// @param timeoutCapMillis timeouts grow no further than this
/// @param minBlockMillis least time between a block and its parent
/// @param clockSkewMillis how far ahead of the verifier a block may be
/// @param epochMillis length of an epoch
/// @param validatorStakeMin least stake of a validator, in nim-units
public record ConsensusParameters(
    long idleMillis,
    long leaderTimeoutMillis,
    long certTimeoutMillis,
    long retryMillis,
    long fetchMillis,
    long timeoutCapMillis,
    long minBlockMillis,
    long clockSkewMillis,
    long epochMillis,
    long validatorStakeMin) {
  public ConsensusParameters {
    Invariant.check(
        idleMillis >= 0
            && leaderTimeoutMillis >= 0
            && certTimeoutMillis >= 0
            && retryMillis >= 0
            && fetchMillis >= 0
            && timeoutCapMillis >= 0
            && minBlockMillis >= 0
            && clockSkewMillis >= 0
            && epochMillis >= 0
            && validatorStakeMin >= 0,
        "a negative parameter");
  }

  /// The same where leaders wait otherwise for transactions.
  public ConsensusParameters withIdleMillis(long other) {
    return new ConsensusParameters(
        other,
        leaderTimeoutMillis,
        certTimeoutMillis,
        retryMillis,
        fetchMillis,
        timeoutCapMillis,
        minBlockMillis,
        clockSkewMillis,
        epochMillis,
        validatorStakeMin);
  }

  /// The same with epochs of another length.
  public ConsensusParameters withEpochMillis(long other) {
    return new ConsensusParameters(
        idleMillis,
        leaderTimeoutMillis,
        certTimeoutMillis,
        retryMillis,
        fetchMillis,
        timeoutCapMillis,
        minBlockMillis,
        clockSkewMillis,
        other,
        validatorStakeMin);
  }

  void write(Writer writer) {
    writer.i64(idleMillis);
    writer.i64(leaderTimeoutMillis);
    writer.i64(certTimeoutMillis);
    writer.i64(retryMillis);
    writer.i64(fetchMillis);
    writer.i64(timeoutCapMillis);
    writer.i64(minBlockMillis);
    writer.i64(clockSkewMillis);
    writer.i64(epochMillis);
    writer.i64(validatorStakeMin);
  }

  static ConsensusParameters read(Reader reader) throws Malformed {
    return new ConsensusParameters(
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64());
  }
}
