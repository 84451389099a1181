package nimble.node.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import nimble.chain.Block;
import nimble.chain.Call;
import nimble.chain.Header;
import nimble.chain.JobCall;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.consensus.Certificate;
import nimble.consensus.Proposal;
import nimble.consensus.SignerSet;
import nimble.consensus.Vote;
import nimble.crypto.SigningKey;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.node.Alone;
import nimble.node.Forged;
import nimble.node.devnet.Devnet;
import nimble.p2p.Chunk;
import nimble.p2p.HeightFetch;
import nimble.p2p.Kind;
import nimble.types.Hash;
import nimble.types.Height;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class CatchUpTest {
  private static final long HEIGHT = 7;

  /// By the clock of a machine, which is not at zero when a node starts.
  private static final long START = 1_000_000;

  private static final PublicKey PEER = key(2);
  private static final Genesis GENESIS =
      Devnet.create(Bytes.EMPTY, 1, 0, 0, Parameters.devnet()).genesis();
  private static final Header HEADER = ChainStore.genesisHeader(GENESIS, Hash.ZERO);

  private final List<String> log = new ArrayList<>();
  private long requests;

  private static PublicKey key(int number) {
    byte[] seed = new byte[32];
    seed[0] = (byte) number;
    return SigningKey.fromSeed(Bytes.wrap(seed)).publicKey();
  }

  private CatchUp catchUp() {
    return catchUp(false);
  }

  /// @param proven what every certificate makes final
  private CatchUp catchUp(boolean proven) {
    return new CatchUp(
        HEIGHT,
        new Outbox(Alone.network(key(1))),
        () -> requests++,
        (peer, penalty, reason) -> log.add("penalty " + reason),
        (_, event, pairs) -> log.add(event + " " + List.of(pairs)),
        new CatchUp.Host() {
          @Override
          public long height() {
            return HEIGHT;
          }

          @Override
          public boolean isFinal(Block block, Certificate certificate) {
            return proven;
          }

          @Override
          public void makeFinal(List<Block> blocks, Certificate certificate) {
            throw new AssertionError("nothing is final here");
          }
        });
  }

  @Test
  void n9BlocksThatNoPeerHasAnyMoreAreTheOperatorsToHearOf() {
    CatchUp catchUp = catchUp();
    catchUp.connected(START, PEER, 100_000);
    for (long request = requests - 1; request >= 0; request--) {
      catchUp.heard(START, PEER, new Chunk(request, List.of(), false).message(Kind.BLOCKS));
    }
    for (long millis = START; millis <= START + 40_000; millis += 1_000) {
      catchUp.tick(millis, true);
      for (long request = requests - 2; request < requests; request++) {
        catchUp.heard(millis, PEER, new Chunk(request, List.of(), false).message(Kind.BLOCKS));
      }
    }
    List<String> said = log.stream().filter(it -> it.startsWith("blocks_nowhere")).toList();
    assertEquals(3, said.size(), log.toString());
    assertTrue(said.getFirst().startsWith("blocks_nowhere [next, 8, peers, 1"), said.toString());
    assertTrue(said.getFirst().contains("--sync state"), said.toString());
  }

  /// Blocks of four megabytes, each the child of nothing.
  @Test
  void n11BlocksThatNothingProvesAreHeldUpToAByteLimit() throws Malformed {
    CatchUp catchUp = catchUp();
    catchUp.connected(0, PEER, 100_000);
    Block.Body body = new Block.Body(List.of(), Collections.nCopies(250, large()), List.of());
    Hash txRoot = body.txRoot();
    for (int i = 0; log.isEmpty(); i++) {
      Header header =
          Forged.with(Forged.with(HEADER, "txRoot", txRoot), "height", new Height(HEIGHT + 1 + i));
      Bytes item = new FinalizedItem(new Block(header, body), Optional.empty()).encode();
      // One block at a time: the rest of what was asked for is asked for again.
      long request = i == 0 ? 0 : i < HeightFetch.PER_REQUEST ? i + 1 : 1;
      catchUp.heard(0, PEER, new Chunk(request, List.of(item), true).message(Kind.BLOCKS));
      assertTrue((long) i * Block.BYTES_MAX <= CatchUp.UNCOVERED_BYTES_MAX, i + " blocks");
    }
    assertTrue(log.getFirst().startsWith("penalty no certificate within 17 blocks"), log::toString);
  }

  /// The certificate names the header, and that commits to the body.
  @Test
  void n4ABodyThatItsHeaderDoesNotCommitToIsItsSendersFault() {
    CatchUp catchUp = catchUp(true);
    catchUp.connected(0, PEER, HEIGHT + 1);
    Header header = Forged.with(HEADER, "height", new Height(HEIGHT + 1));
    Block.Body other = new Block.Body(List.of(), List.of(large()), List.of());
    Certificate certificate =
        new Certificate(
            new Vote.Finalize(new Proposal(0, 1, 0, header.digest())),
            SignerSet.of(List.of(0)),
            HEADER.sigma());
    Bytes item = new FinalizedItem(new Block(header, other), Optional.of(certificate)).encode();
    catchUp.heard(0, PEER, new Chunk(0, List.of(item), false).message(Kind.BLOCKS));
    assertEquals(List.of("penalty the body is not what the header commits to"), log);
  }

  private static Transaction large() {
    SigningKey key = SigningKey.fromSeed(Bytes.wrap(new byte[SigningKey.SEED_SIZE]));
    Call call = new JobCall.JobSubmit(Bytes.wrap(new byte[JobCall.JobSubmit.SPEC_MAX]));
    return new Transaction(
        new Transaction.Unsigned(GENESIS.chain(), key.publicKey(), 0, 1, 1, 0, call),
        key.sign(Bytes.EMPTY));
  }

  @Test
  void n9WhoIsFarBehindSaysHowFar() {
    CatchUp catchUp = catchUp();
    catchUp.connected(0, PEER, 100_000);
    for (long millis = 1_000; millis <= 9_000; millis += 1_000) {
      catchUp.tick(millis, false);
    }
    assertEquals(List.of(), log);
    catchUp.tick(10_000, false);
    assertTrue(log.contains("catching_up [height, 7, of, 100000]"), log.toString());
  }
}
