package nimble.p2p.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Admission;
import nimble.p2p.Circuit;
import nimble.p2p.Duel;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Message;
import nimble.p2p.NetworkEvent.PeerConnected;
import nimble.p2p.NetworkEvent.PeerDisconnected;
import nimble.p2p.NetworkEvent.Received;
import nimble.p2p.NetworkEvent.Refused;
import nimble.p2p.PeerAddress;
import nimble.p2p.Relaying;
import nimble.p2p.Samples;
import nimble.types.PublicKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Nodes that listen nowhere, and those that relay for them, over real sockets and TLS (rules P14
/// to P17).
final class RelayTest {
  private static final Message VOTE = new Message(Kind.VOTE, Bytes.utf8("a vote in the clear"));

  @RegisterExtension private final TestNodes nodes = new TestNodes();

  private TestNode relay(int number) throws IOException {
    return nodes.node(number, TestNode.patient());
  }

  private TestNode hidden(int number) throws IOException {
    return nodes.node(number, TestNode.hidden());
  }

  private RawClient client(int number, TestNode node) throws IOException {
    return nodes.client(number, node);
  }

  private static PeerAddress through(TestNode relay, TestNode node) {
    return relay.keyed().reaching(node.id());
  }

  /// From here on `a` is connected with `b`, which is reached through `relay`.
  private static void meet(TestNode relay, TestNode a, TestNode b) {
    b.isReachedThrough(relay);
    a.network.connect(through(relay, b));
    a.await(PeerConnected.class);
    b.await(PeerConnected.class);
  }

  /// What `relay` does with the bytes of the circuits that stand.
  private static void meddle(TestNode relay, Supplier<ChannelInboundHandlerAdapter> with) {
    for (Connection each : relay.network.crowd().all()) {
      Channel channel = each.channel();
      ChannelHandlerContext splice = channel.pipeline().context(Splice.class);
      if (splice != null) {
        channel.pipeline().addBefore(splice.name(), null, with.get());
      }
    }
  }

  @Test
  void p15TwoThatCannotBeDialledTalkThroughAThird() throws IOException {
    TestNode relay = relay(1);
    TestNode a = hidden(2);
    TestNode b = hidden(3);
    b.isReachedThrough(relay);
    a.network.connect(through(relay, b));
    PeerConnected atA = a.await(PeerConnected.class);
    PeerConnected atB = b.await(PeerConnected.class);
    assertEquals(through(relay, b), atA.remote());
    assertEquals(through(relay, a), atB.remote());
    assertTrue(atA.outbound() && !atB.outbound());
    assertEquals(new TreeSet<>(List.of(b.id())), a.network.peers());
    SplittableRandom random = new SplittableRandom(1);
    for (TestNode from : List.of(b, a)) {
      TestNode to = from == a ? b : a;
      Bytes tensor = Samples.bytes(random, 3 << 20);
      from.network.send(to.id(), Lane.BULK, new Message(Kind.TENSOR, tensor));
      from.network.send(to.id(), Lane.CONTROL, VOTE);
      assertEquals(VOTE.payload(), to.awaitPayload(Lane.CONTROL));
      assertEquals(tensor, to.awaitPayload(Lane.BULK));
    }
    assertEquals(2, relay.network.relayLoad().circuits());
    assertTrue(relay.network.relayLoad().carriedBytes() > 6 << 20);
    assertTrue(relay.events.isEmpty(), "the relay is no party to it");
    b.network.disconnect(a.id(), "enough");
    assertEquals("it said: enough", a.await(PeerDisconnected.class).reason());
  }

  @Test
  void p14TheRelaySeesNoWordOfIt() throws Exception {
    TestNode relay = relay(1);
    TestNode a = hidden(2);
    TestNode b = hidden(3);
    meet(relay, a, b);
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    meddle(
        relay,
        () ->
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message)
                  throws Exception {
                ByteBuf bytes = (ByteBuf) message;
                bytes.getBytes(bytes.readerIndex(), seen, bytes.readableBytes());
                super.channelRead(context, message);
              }
            });
    a.network.send(b.id(), Lane.CONTROL, VOTE);
    assertEquals(VOTE, b.await(Received.class).message());
    nodes.inTurn();
    String text = seen.toString(StandardCharsets.ISO_8859_1);
    assertTrue(text.length() > VOTE.payload().size(), "it carried the vote");
    assertFalse(text.contains("in the clear"));
  }

  @Test
  void p14ARelayThatTampersEndsTheConnection() throws IOException {
    TestNode relay = relay(1);
    TestNode a = hidden(2);
    TestNode b = hidden(3);
    meet(relay, a, b);
    meddle(
        relay,
        () ->
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message)
                  throws Exception {
                ByteBuf bytes = (ByteBuf) message;
                int last = bytes.writerIndex() - 1;
                bytes.setByte(last, bytes.getByte(last) ^ 1);
                super.channelRead(context, message);
              }
            });
    a.network.send(b.id(), Lane.CONTROL, VOTE);
    String why = b.await(PeerDisconnected.class).reason();
    assertTrue(why.contains("Tag mismatch"), why);
    a.await(PeerDisconnected.class);
    assertTrue(b.network.peers().contains(relay.id()), "what it carries for itself stands");
  }

  @Test
  void p14ARelayCannotStandInForTheOther() throws Exception {
    try (FalseRelay relay = new FalseRelay(1)) {
      TestNode a = hidden(2);
      TestNode b = hidden(3);
      a.network.connect(relay.address().reaching(b.id()));
      String why = a.await(Refused.class).reason();
      assertTrue(why.contains("was dialled, but node"), why);
    }
  }

  @Test
  void p15ARelayThatStallsIsLeft() throws IOException {
    TestNode relay = relay(1);
    Settings watchful = TestNode.hidden().with(new Timeouts(60_000, 100, 500, 1_000, 60_000));
    TestNode a = nodes.node(2, watchful);
    TestNode b = hidden(3);
    meet(relay, a, b);
    meddle(
        relay,
        () ->
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message) {
                ReferenceCountUtil.release(message);
              }
            });
    assertEquals("silent for 500 ms", a.await(PeerDisconnected.class).reason());
    b.await(PeerDisconnected.class);
  }

  @Test
  void p17WhenTheRelayStopsSoDoWhatItCarries() throws IOException {
    TestNode relay = relay(1);
    TestNode a = hidden(2);
    TestNode b = hidden(3);
    meet(relay, a, b);
    relay.network.relay(Relaying.NONE);
    assertEquals(b.id(), a.await(PeerDisconnected.class).peer());
    assertEquals(a.id(), b.await(PeerDisconnected.class).peer());
    a.network.connect(through(relay, b));
    String why = a.await(Refused.class).reason();
    assertTrue(why.startsWith("relay: this node does not relay for"), why);
    assertEquals(0, relay.network.relayLoad().circuits());
  }

  @Test
  void p17WhoHasLeftIsNotRelayedTo() throws IOException {
    TestNode relay = relay(1);
    TestNode a = hidden(2);
    TestNode b = hidden(3);
    b.isReachedThrough(relay);
    b.close();
    relay.await(PeerDisconnected.class);
    a.network.connect(through(relay, b));
    assertTrue(a.await(Refused.class).reason().contains("does not relay"));
  }

  @Test
  void p17WhoIsBannedIsNotPutThrough() throws IOException {
    TestNode relay = relay(1);
    TestNode a = hidden(2);
    TestNode b = hidden(3);
    b.isReachedThrough(relay);
    TreeMap<PublicKey, String> banned = new TreeMap<>();
    banned.put(a.id(), "bad blocks");
    relay.network.admit(new Admission(new TreeSet<>(), new TreeSet<>(), banned));
    a.network.connect(through(relay, b));
    assertEquals("relay: it is banned for now: bad blocks", a.await(Refused.class).reason());
  }

  /// Each call costs the callee a handshake: neither more at a time nor more a second than agreed.
  @Test
  void p17CapsHoldAndAreSaidInPlainWords() throws IOException, Malformed {
    TestNode few = nodes.node(1, limited(new RelayLimits(128, 2, 100, 1 << 20)));
    TestNode slow = nodes.node(4, limited(new RelayLimits(128, 32, 1, 1 << 20)));
    TestNode full = nodes.node(5, limited(new RelayLimits(1, 32, 100, 1 << 20)));
    List<TestNode> relays = List.of(few, slow, full);
    for (TestNode relay : relays) {
      TestNode b = hidden(10 + relays.indexOf(relay));
      b.isReachedThrough(relay);
      int room = relay == few ? 2 : 1;
      for (int i = 0; i < room; i++) {
        RawClient client = client(20 + i, relay);
        client.frame(Circuit.dial(b.id()));
        assertEquals(Kind.RELAY_READY, client.readKind());
      }
      RawClient tooMany = client(30, relay);
      tooMany.frame(Circuit.dial(b.id()));
      String why = tooMany.readClose();
      assertTrue(why.contains(relay == slow ? "is called too often" : "no stream is free"), why);
      relay.await(Refused.class);
    }
  }

  /// Each circuit beyond its share is taken from an address that has more, the newest first.
  @Test
  void p17NoAddressTakesAllOfTheCircuits() throws IOException, Malformed {
    TestNode relay = nodes.node(1, limited(new RelayLimits(128, 4, 100, 1 << 20)));
    TestNode b = hidden(10);
    b.isReachedThrough(relay);
    List<RawClient> greedy = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      greedy.add(client(20 + i, relay));
      greedy.getLast().frame(Circuit.dial(b.id()));
      assertEquals(Kind.RELAY_READY, greedy.getLast().readKind());
    }
    InetAddress elsewhere = InetAddress.getByName("127.0.0.2");
    for (int i = 0; i < 2; i++) {
      RawClient honest = nodes.client(30 + i, relay, elsewhere);
      honest.frame(Circuit.dial(b.id()));
      assertEquals(Kind.RELAY_READY, honest.readKind());
      assertEquals(4, relay.network.relayLoad().circuits());
    }
    for (InetAddress from : List.of(elsewhere, InetAddress.getLoopbackAddress())) {
      RawClient fifth = nodes.client(40, relay, from);
      fifth.frame(Circuit.dial(b.id()));
      assertTrue(fifth.readClose().contains("no stream is free"));
    }
    assertThrows(IOException.class, greedy.getLast()::readKind);
  }

  private static Settings limited(RelayLimits limits) {
    return TestNode.patient().with(limits);
  }

  @Test
  void p15OnlyTheOneWhoIsCalledTakesACall() throws IOException, Malformed {
    TestNode relay = relay(1);
    TestNode b = hidden(3);
    b.isReachedThrough(relay);
    b.network.relay(Relaying.NONE);
    // From here on `b` lets calls wait; a stranger who knows the number comes instead.
    nodes.inTurn();
    RawClient caller = client(20, relay);
    caller.frame(Circuit.dial(b.id()));
    for (long number = 0; number < 3; number++) {
      RawClient thief = client(21, relay);
      thief.frame(Circuit.take(number));
      assertEquals("nobody waits for this call", thief.readClose());
      relay.await(Refused.class);
    }
  }

  @Test
  void p15WhatARelayDidNotAgreeToIsRefused() throws IOException, Malformed {
    TestNode relay = relay(1);
    for (Message first : List.of(Circuit.READY, Circuit.call(1))) {
      RawClient client = client(20, relay);
      client.frame(first);
      assertTrue(client.readClose().endsWith("before Hello"));
      relay.await(Refused.class);
    }
    TestNode b = hidden(3);
    b.isReachedThrough(relay);
    b.network.relay(Relaying.NONE);
    RawClient eager = client(22, relay);
    eager.frame(Circuit.dial(b.id()));
    eager.frame(Circuit.dial(b.id()));
    assertEquals("a second Hello", eager.readClose());
    relay.await(Refused.class);
  }

  @Test
  void p14ATestTellsWhoAnswers() throws IOException {
    TestNode relay = relay(1);
    TestNode a = relay(2);
    TestNode b = hidden(3);
    a.connect(relay);
    a.network.test(relay.keyed());
    assertEquals(Duel.DUPLICATE, a.await(Refused.class).reason());
    b.isReachedThrough(relay);
    b.network.test(through(relay, b));
    assertEquals(Duel.SELF, b.await(Refused.class).reason());
    assertTrue(b.events.isEmpty());
  }
}
