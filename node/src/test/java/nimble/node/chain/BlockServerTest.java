package nimble.node.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.crypto.SigningKey;
import nimble.node.Upkeep;
import nimble.node.bench.LongChain;
import nimble.node.net.Narrow;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.p2p.Message;
import nimble.storage.Database;
import nimble.storage.Family;
import nimble.storage.ForwardingDatabase;
import nimble.storage.mem.MemoryDatabase;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

/// N13: what an answer costs.
final class BlockServerTest {
  private static final int BLOCKS = 8;
  private static final PublicKey SELF = key(1);
  private static final PublicKey PEER = key(2);

  private final Counting database = new Counting(new MemoryDatabase());
  private final Narrow wires = new Narrow(SELF);
  private final BlockServer server =
      new BlockServer(new FinalizedChain(database), new Payloads(), wires);

  BlockServerTest() throws IOException {
    new LongChain(10).grow(database, BLOCKS, Upkeep.FULL);
    database.bodies = 0;
  }

  private static PublicKey key(int number) {
    byte[] seed = new byte[32];
    seed[0] = (byte) number;
    return SigningKey.fromSeed(Bytes.wrap(seed)).publicKey();
  }

  /// Counts how often a body is read.
  private static final class Counting extends ForwardingDatabase {
    private int bodies;

    Counting(Database database) {
      super(database);
    }

    @Override
    public Optional<Bytes> get(Family family, Bytes key) {
      bodies += family == Family.BODIES ? 1 : 0;
      return super.get(family, key);
    }
  }

  private void ask(int times, Get.Wanted wanted) {
    for (int i = 0; i < times; i++) {
      server.asked(PEER, new Get(i, wanted), false);
    }
  }

  private int answerAll() {
    int turns = 1;
    while (server.answerSome()) {
      turns++;
    }
    return turns;
  }

  @Test
  void n13OneRequestATurnAndNoMoreOfAPeerThanMayWait() {
    ask(1_000, new Get.ByHeight(1, 2));
    assertEquals(BlockServer.WAITING_MAX, answerAll());
    assertEquals(2 * BlockServer.WAITING_MAX, database.bodies);
  }

  @Test
  void n13NothingIsReadForWhomThereIsNoRoom() {
    wires.room = 0;
    ask(10, new Get.ByHeight(1, BLOCKS));
    answerAll();
    assertEquals(0, database.bodies);
  }

  @Test
  void n13AnAnswerIsCutToTheRoom() {
    FinalizedChain chain = new FinalizedChain(database);
    Bytes first = chain.block(1).orElseThrow().encode();
    assertEquals(first, chain.encodedBlock(1).orElseThrow());
    wires.room = first.size() + 300L;
    database.bodies = 0;
    ask(1, new Get.ByHeight(1, BLOCKS));
    answerAll();
    assertTrue(wires.sent.getFirst().truncated());
    assertEquals(1, wires.sent.getFirst().items().size());
    assertTrue(database.bodies <= 2, database.bodies + " read");
  }

  @Test
  void n13WhatIsHeldBackTakesRoomToo() {
    wires.room = 10;
    Outbox outbox = new Outbox(wires);
    outbox.send(PEER, new Message(Kind.TX_BODIES, Bytes.ofU64(1)));
    outbox.send(PEER, new Message(Kind.VOTE, Bytes.ofU64(1)));
    assertEquals(2, outbox.answerRoom(PEER));
    assertEquals(10, outbox.answerRoom(SELF));
  }

  @Test
  void n13WhoLeftIsNotAnswered() {
    ask(10, new Get.ByHeight(1, BLOCKS));
    server.gone(PEER);
    assertFalse(server.answerSome());
    assertEquals(0, database.bodies);
  }
}
