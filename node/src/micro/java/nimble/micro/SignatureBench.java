package nimble.micro;

import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Bls;
import nimble.crypto.Ed25519;
import nimble.crypto.Hashing;
import nimble.crypto.VoteKeyRing;
import nimble.crypto.VoteMessage;
import nimble.crypto.VoteSigningKey;
import nimble.types.VoteSignature;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What a transfer costs, and what a vote.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SignatureBench {
  private static final VoteMessage MESSAGE = VoteMessage.of(Bytes.utf8("a vote"));

  private final Transaction transfer = new Fixture(2).transfers(1).getFirst();
  private final List<VoteSigningKey> keys =
      IntStream.range(0, 4)
          .mapToObj(i -> VoteSigningKey.fromSeed(Hashing.of("vote", Bytes.ofU64(i)).bytes()))
          .toList();
  private final List<VoteSignature> votes = keys.stream().map(key -> key.sign(MESSAGE)).toList();
  private final VoteKeyRing ring;
  private final VoteSignature sum;
  private final BitSet all = new BitSet();

  public SignatureBench() {
    try {
      ring = VoteKeyRing.of(keys.stream().map(VoteSigningKey::voteKey).toList());
      sum = Bls.aggregate(votes);
    } catch (Malformed e) {
      throw new IllegalStateException(e);
    }
    all.set(0, keys.size());
  }

  @Benchmark
  public boolean verifyTransfer() {
    return Ed25519.verify(
        transfer.body().sender(), transfer.body().preimage(), transfer.signature());
  }

  @Benchmark
  public VoteSignature signVote() {
    return keys.getFirst().sign(MESSAGE);
  }

  @Benchmark
  public boolean verifyVote() {
    return ring.verify(0, MESSAGE, votes.getFirst());
  }

  @Benchmark
  public boolean verifyCertificate() {
    return ring.verify(all, MESSAGE, sum);
  }

  @Benchmark
  public VoteKeyRing.Tally tallyVotes() {
    return ring.tally(
        MESSAGE,
        IntStream.range(0, 4).mapToObj(i -> new VoteKeyRing.Ballot(i, votes.get(i))).toList());
  }
}
