package nimble.node.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import nimble.chain.Block;
import nimble.codec.Bytes;
import nimble.consensus.Certificate;
import nimble.crypto.SigningKey;
import nimble.p2p.Chunk;
import nimble.p2p.Hello;
import nimble.p2p.Kind;
import nimble.p2p.Network;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.p2p.sim.SimNetwork;
import nimble.p2p.sim.Weather;
import nimble.sim.Sim;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

final class CatchUpTest {
  private static final long HEIGHT = 7;
  private static final PublicKey PEER = key(2);

  private final List<String> log = new ArrayList<>();
  private long requests;

  private static PublicKey key(int number) {
    byte[] seed = new byte[32];
    seed[0] = (byte) number;
    return SigningKey.fromSeed(Bytes.wrap(seed)).publicKey();
  }

  private static Network network() {
    Hello hello =
        new Hello(
            new ChainId("test"),
            Hash.ZERO,
            Hello.PROTOCOL,
            Hello.PROTOCOL,
            0,
            Optional.empty(),
            EnumSet.noneOf(Role.class),
            "nimble/test");
    return new SimNetwork(new Sim(1), Weather.calm())
        .join(key(1), PeerAddress.of("10.0.0.1", 7040), hello, () -> 0, _ -> true);
  }

  private CatchUp catchUp() {
    return new CatchUp(
        HEIGHT,
        new Outbox(network()),
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
            return false;
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
    catchUp.connected(0, PEER, 100_000);
    for (long request = requests - 1; request >= 0; request--) {
      catchUp.heard(0, PEER, new Chunk(request, List.of(), false).message(Kind.BLOCKS));
    }
    for (long millis = 1_000; millis <= 40_000; millis += 1_000) {
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
