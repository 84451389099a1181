package nimble.node.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import nimble.blob.Manifest;
import nimble.chain.Block;
import nimble.chain.Call;
import nimble.chain.MoneyCall;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.genesis.Parameters;
import nimble.node.Forged;
import nimble.node.Node;
import nimble.node.chain.Replica;
import nimble.node.devnet.NodeKeys;
import nimble.node.work.Blobs;
import nimble.p2p.Chunk;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;

/// Whole nodes and what goes on between them.
final class NodesTest {
  @Test
  void aTransactionReachesNodesThatItsSenderDoesNotKnow() {
    TestWorld world = new TestWorld(1, 3);
    world.start(world.validator());
    world.start(world.follower(0), world.validator());
    world.start(world.follower(1), world.follower(0));
    Node last = world.start(world.follower(2), world.follower(1));
    world.runUntil("the chain moves", () -> world.haveReached(1));
    Transaction transaction = transfer(world, last);
    List<Optional<String>> replies = new ArrayList<>();
    last.replica().must(Replica.Input.Submitted.one(transaction, replies::add));
    world.runUntil(
        "the transaction is final where it was submitted",
        () -> last.chain().transaction(transaction.id()).isPresent());
    assertEquals(List.of(Optional.empty()), replies);
  }

  /// It takes the transfer while it knows nobody, and is stopped in order.
  @Test
  void aPooledTransferSurvivesARestart() {
    TestWorld world = new TestWorld(10, 1);
    world.start(world.validator());
    TestSite site = world.site(world.follower(0));
    Node alone = world.start(world.follower(0), site);
    Transaction transaction = transfer(world, alone);
    List<Optional<String>> replies = new ArrayList<>();
    alone.replica().must(Replica.Input.Submitted.one(transaction, replies::add));
    world.runUntil("it is taken", () -> !replies.isEmpty());
    assertEquals(List.of(Optional.empty()), replies);
    alone.close();
    Node again = world.start(world.follower(0), site, world.validator());
    world.runUntil(
        "the transfer is final", () -> again.chain().transaction(transaction.id()).isPresent());
  }

  private static Transaction transfer(TestWorld world, Node node) {
    NodeKeys sender = world.devnet.developer();
    Call call = new MoneyCall.Transfer(world.validator().address(), Parameters.NIM, Bytes.EMPTY);
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            world.devnet.genesis().chain(),
            sender.account().publicKey(),
            0,
            node.chain().tip().timeMillis() + 600_000,
            Parameters.NIM / 10,
            0,
            call);
    return new Transaction(body, sender.account().sign(body.preimage()));
  }

  @Test
  void aLaggingNodeCatchesUpFromOneThatIsNoValidator() {
    TestWorld world = new TestWorld(2, 2);
    world.start(world.validator());
    Node near = world.start(world.follower(0), world.validator());
    world.runUntil("a chain of 40 blocks", () -> near.chain().height() >= 40);
    Node late = world.start(world.follower(1), world.follower(0));
    long before = world.sim.nowMillis();
    world.runUntil("the late node has it too", () -> late.chain().height() >= 40);
    assertTrue(world.sim.nowMillis() - before < 5_000, "took " + world.sim.nowMillis());
    assertEquals(near.chain().header(40), late.chain().header(40));
  }

  @Test
  void c2ALostConnectionComesBack() {
    TestWorld world = new TestWorld(3, 1);
    Node validator = world.start(world.validator());
    Node follower = world.start(world.follower(0), world.validator());
    world.runUntil("connected", () -> follower.chain().height() >= 1);
    world.wires.split(List.of(List.of(validator.network().self())));
    world.runUntil("apart", () -> follower.network().peers().isEmpty());
    long height = follower.chain().height();
    world.runFor(20_000);
    assertTrue(follower.chain().height() <= height + 1, "blocks came through a cut");
    world.wires.heal();
    world.runUntil("together again", () -> follower.chain().height() >= height + 10);
  }

  @Test
  void c1AGarbageSenderIsBannedAndOthersAreNotDisturbed() {
    TestWorld world = new TestWorld(4, 2);
    Node validator = world.start(world.validator());
    Node follower = world.start(world.follower(0), world.validator());
    List<String> goodbyes = new ArrayList<>();
    PublicKey bad = world.follower(1).hot().publicKey();
    List<Network> network = new ArrayList<>();
    network.add(
        world.join(
            world.follower(1),
            0,
            event -> {
              switch (event) {
                case NetworkEvent.PeerConnected connected ->
                    network
                        .getFirst()
                        .send(
                            connected.peer(),
                            Lane.CONTROL,
                            new Message(Kind.VOTE, Bytes.utf8("garbage")));
                case NetworkEvent.PeerDisconnected gone -> goodbyes.add(gone.reason());
                case NetworkEvent.Refused refused -> goodbyes.add(refused.reason());
                case NetworkEvent.Received _, NetworkEvent.Misbehaved _ -> {}
              }
              return true;
            }));
    for (int i = 0; i < 3; i++) {
      int before = goodbyes.size();
      network.getFirst().connect(world.address(world.validator()));
      world.runUntil("sent away", () -> goodbyes.size() > before);
    }
    assertTrue(goodbyes.getLast().contains("banned for now"), goodbyes.toString());
    assertFalse(validator.network().peers().contains(bad));
    assertTrue(validator.network().peers().contains(follower.network().self()));
    long height = follower.chain().height();
    world.runUntil("the chain goes on", () -> follower.chain().height() >= height + 5);
  }

  @Test
  void aBlobIsGatheredFromTwoPeersThatHaveHalfEach() {
    TestWorld world = new TestWorld(5, 2);
    Node first = world.start(world.validator());
    Node second = world.start(world.follower(0), world.validator());
    Node third = world.start(world.follower(1), world.validator(), world.follower(0));
    SplittableRandom random = new SplittableRandom(5);
    List<Bytes> chunks = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      byte[] chunk = new byte[i < 5 ? Manifest.CHUNK_BYTES : 1_000];
      random.nextBytes(chunk);
      chunks.add(Bytes.wrap(chunk));
    }
    Manifest manifest =
        new Manifest(
            5L * Manifest.CHUNK_BYTES + 1_000, chunks.stream().map(Manifest::chunkHash).toList());
    first.blobs().store(manifest, chunks.subList(0, 3), () -> {});
    second.blobs().store(manifest, chunks.subList(3, 6), () -> {});
    List<Blobs.Fetched> fetched = new ArrayList<>();
    third.blobs().fetch(manifest.id(), manifest.size(), fetched::add);
    world.runUntil("fetched", () -> !fetched.isEmpty());
    assertEquals(
        Bytes.concat(chunks.toArray(Bytes[]::new)),
        ((Blobs.Fetched.Whole) fetched.getFirst()).data().whole());
    third.blobs().fetch(Manifest.chunkHash(Bytes.utf8("nobody has it")), 1, fetched::add);
    world.runUntil("given up", () -> fetched.size() == 2);
    assertTrue(fetched.get(1) instanceof Blobs.Fetched.Failed, fetched.toString());
  }

  @Test
  void n4ALateNodeIsNotMisledByOneWhoMakesBlocksUp() {
    isNotMisled((block, _) ->
        new FinalizedAs(new Block(Forged.later(block.header()), block.body()), Optional.empty()));
  }

  @Test
  void n4ALateNodeIsNotStoppedByABodyThatIsNotTheBlocksOwn() {
    isNotMisled((block, certificate) ->
        new FinalizedAs(
            new Block(block.header(), new Block.Body(List.of(), List.of(), List.of(Bytes.EMPTY))),
            certificate));
  }

  /// What a liar answers for a block.
  private record FinalizedAs(Block block, Optional<Bytes> certificate) {}

  private static void isNotMisled(BiFunction<Block, Optional<Bytes>, FinalizedAs> lie) {
    TestWorld world = new TestWorld(7, 3);
    world.start(world.validator());
    Node near = world.start(world.follower(0), world.validator());
    world.runUntil("a chain of 40 blocks", () -> near.chain().height() >= 40);
    List<Network> liar = new ArrayList<>();
    liar.add(
        world.join(
            world.follower(1),
            1_000,
            event -> {
              if (event instanceof NetworkEvent.Received(PublicKey from, Lane _, Message message)
                  && message.kind() == Kind.BLOCK_GET) {
                liar.getFirst().send(from, Lane.CONTROL, madeUp(near, message, lie));
              }
              return true;
            }));
    Node late = world.start(world.follower(2), world.follower(1));
    world.runUntil("the liar is asked", () -> !late.network().peers().isEmpty());
    late.network().connect(world.address(world.follower(0)));
    world.runUntil("the late node has the chain", () -> late.chain().height() >= 40);
    assertEquals(near.chain().header(40), late.chain().header(40));
  }

  private static Message madeUp(
      Node near, Message request, BiFunction<Block, Optional<Bytes>, FinalizedAs> lie) {
    try {
      Get get = Get.decode(request);
      List<Bytes> items = new ArrayList<>();
      if (get.wanted() instanceof Get.ByHeight(long from, int count)) {
        for (long height = from; height < from + count && height <= 40; height++) {
          Block block = near.chain().block(height).orElseThrow();
          FinalizedAs told = lie.apply(block, near.chain().certificate(height));
          items.add(
              Writer.encode(writer ->
                  writer
                      .bytes(told.block().encode(), Block.BYTES_MAX)
                      .optional(told.certificate(), (votes, to) -> to.bytes(votes, 512))));
        }
      }
      return Chunk.fitting(Kind.BLOCKS, get.request(), items).message(Kind.BLOCKS);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }
}
