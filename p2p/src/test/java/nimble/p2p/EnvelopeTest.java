package nimble.p2p;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Get.ByHash;
import nimble.p2p.Get.ByHeight;
import nimble.p2p.wire.Wire;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

/// Every envelope reads back what it wrote, and takes bad bytes as `Malformed` and nothing else.
final class EnvelopeTest {
  @FunctionalInterface
  private interface Decoder {
    Object decode(Message message) throws Malformed;
  }

  private record Codec(Message sample, Decoder decoder) {}

  private static List<Codec> codecs(SplittableRandom random) {
    Hello hello = Samples.hello().withListen(Optional.of(PeerAddress.of("example.org", 7040)));
    return List.of(
        new Codec(
            new Handshake(hello, Lane.BULK, random.nextLong()).message(),
            message -> Handshake.decode(message.payload(), "10.0.0.1")),
        new Codec(Handshake.close("why"), message -> Handshake.decodeClose(message.payload())),
        new Codec(
            new Announce(Samples.hashes(random, 3)).message(Kind.TX_ANNOUNCE), Announce::decode),
        new Codec(
            new Get(5, new ByHash(Samples.hashes(random, 2))).message(Kind.TX_GET), Get::decode),
        new Codec(new Get(5, new ByHeight(1_000, 64)).message(Kind.BLOCK_GET), Get::decode),
        new Codec(
            new Chunk(9, List.of(Bytes.EMPTY, Samples.bytes(random, 40)), true)
                .message(Kind.BLOCKS),
            Chunk::decode),
        new Codec(
            new Message(
                Kind.PART,
                Bytes.concat(Part.head(Kind.TENSOR, 5_000, 0), Samples.bytes(random, 100))),
            message -> Part.decode(message.payload())));
  }

  @Test
  void whatIsWrittenIsRead() throws Malformed {
    SplittableRandom random = new SplittableRandom(1);
    Announce announce = new Announce(Samples.hashes(random, Announce.HASHES_MAX));
    assertEquals(announce, Announce.decode(announce.message(Kind.CALL_ANNOUNCE)));
    Get hashes = new Get(1, new ByHash(Samples.hashes(random, Announce.HASHES_MAX)));
    assertEquals(hashes, Get.decode(hashes.message(Kind.BLOB_GET)));
    Get heights = new Get(Long.MAX_VALUE, new ByHeight(0, 1));
    assertEquals(heights, Get.decode(heights.message(Kind.BLOCK_GET)));
    Chunk chunk = new Chunk(2, List.of(Samples.bytes(random, 10), Bytes.EMPTY), false);
    assertEquals(chunk, Chunk.decode(chunk.message(Kind.BLOBS)));
    Handshake handshake = new Handshake(Samples.hello(), Lane.CONTROL, -1);
    assertEquals(handshake, Handshake.decode(handshake.message().payload(), "h"));
  }

  @Test
  void anOpenHostIsTheOneSeen() throws Malformed {
    Hello open = Samples.hello().withListen(Optional.of(PeerAddress.of("0.0.0.0", 7040)));
    Handshake read =
        Handshake.decode(new Handshake(open, Lane.CONTROL, 0).message().payload(), "10.0.0.9");
    assertEquals(Optional.of(PeerAddress.of("10.0.0.9", 7040)), read.hello().listen());
  }

  @Test
  void p9TooManyHeightsAreCutNotRefused() throws Malformed {
    Message greedy =
        Envelope.message(
            Kind.BLOCK_GET, Wire.Get.newBuilder().setFrom(7).setCount(1_000_000).build());
    assertEquals(new Get(0, new ByHeight(7, ByHeight.COUNT_MAX)), Get.decode(greedy));
  }

  @Test
  void p9AnAnswerThatDoesNotFitIsTruncatedAndSaysSo() throws Malformed {
    SplittableRandom random = new SplittableRandom(1);
    List<Bytes> blocks = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      blocks.add(Samples.bytes(random, 2 << 20));
    }
    Chunk read = Chunk.decode(Chunk.fitting(Kind.BLOCKS, 1, blocks).message(Kind.BLOCKS));
    assertEquals(new Chunk(1, blocks.subList(0, 3), true), read);
    Chunk all = Chunk.fitting(Kind.BLOCKS, 1, blocks.subList(0, 2));
    assertEquals(new Chunk(1, blocks.subList(0, 2), false), all);
  }

  @Test
  void p10MutatedAndRandomBytesAreMalformedAtWorst() {
    Seeds.forEach(
        2_000,
        random -> {
          for (Codec codec : codecs(random)) {
            Kind kind = codec.sample().kind();
            taken(codec, new Message(kind, mutated(codec.sample().payload(), random)));
            int size = random.nextInt(Math.min(200, kind.sizeMax()));
            taken(codec, new Message(kind, Samples.bytes(random, size)));
          }
        });
  }

  private static void taken(Codec codec, Message message) {
    try {
      codec.decoder().decode(message);
    } catch (Malformed e) {
      assertTrue(String.valueOf(e.getMessage()).length() < 1_000);
    }
  }

  private static Bytes mutated(Bytes payload, SplittableRandom random) {
    byte[] bytes = payload.toArray();
    for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return Bytes.wrap(bytes).slice(0, bytes.length - random.nextInt(Math.min(2, bytes.length)));
  }

  @Test
  void p4PartsComeTogetherAndMemoryFollowsWhatArrived() throws Malformed {
    SplittableRandom random = new SplittableRandom(1);
    Bytes data = Samples.bytes(random, 3 * Part.DATA_MAX + 17);
    Assembly assembly = new Assembly();
    for (int round = 0; round < 2; round++) {
      Optional<Message> whole = Optional.empty();
      for (int offset = 0; offset < data.size(); offset += Part.DATA_MAX) {
        assertTrue(whole.isEmpty());
        Bytes piece = data.slice(offset, Math.min(data.size(), offset + Part.DATA_MAX));
        whole = assembly.add(new Part(Kind.TENSOR, data.size(), offset, piece));
      }
      assertEquals(Optional.of(new Message(Kind.TENSOR, data)), whole);
    }
    Part first = new Part(Kind.TENSOR, 1_000, 0, Bytes.utf8("a"));
    assembly.add(first);
    assertThrows(Malformed.class, () -> assembly.add(first));
    Part other = new Part(Kind.BLOBS, 1_000, 1, Bytes.utf8("a"));
    assertThrows(Malformed.class, () -> assembly.add(other));
  }

  @Test
  void p4APromiseHoldsNothing() throws Malformed {
    Assembly assembly = new Assembly();
    assembly.add(new Part(Kind.TENSOR, Kind.TENSOR.sizeMax(), 0, Bytes.utf8("a")));
    assertTrue(assembly.held() <= 2, assembly.held() + " bytes for one");
  }

  @Test
  void addressesReadAsTheyAreWritten() throws Malformed {
    for (String text :
        List.of("127.0.0.1:7040", "[::1]:1", Samples.peer(7) + "@example.org:65535")) {
      assertEquals(text, PeerAddress.parse(text).toString());
    }
    for (String bad :
        List.of("", "host", "host:0", "host:65536", ":1", "a b:1", "00@h:1", "h@h:x")) {
      assertThrows(Malformed.class, () -> PeerAddress.parse(bad), bad);
    }
  }

  @Test
  void kindsAreAFrozenTable() {
    StringBuilder table = new StringBuilder();
    for (Kind kind : Kind.values()) {
      table.append("%s=%02x ".formatted(kind, kind.code()));
    }
    assertEquals(
        "HELLO=01 PING=02 CLOSE=03 PART=04 OPEN_BULK=05 RELAY_DIAL=06 RELAY_TAKE=07 RELAY_CALL=08 RELAY_READY=09 VOTE=10 PROPOSAL=11 CERTIFICATE=12 "
            + "BLOCK_GET=20 BLOCKS=21 TX_ANNOUNCE=30 TX_GET=31 TX_BODIES=32 CALL_ANNOUNCE=33 "
            + "CALL_GET=34 CALL_BODIES=35 BLOB_GET=40 BLOBS=41 MANIFEST_GET=42 MANIFESTS=43 "
            + "SNAPSHOT_GET=44 SNAPSHOTS=45 EPOCH_GET=46 EPOCHS=47 TENSOR=50 SCALARS=51 PEERS_GET=70 PEERS=71 RELAY_ASK=72 RELAY_ANSWER=73 RELAY_REACHED=74 RELAY_SEEK=75 "
            + "RELAY_FOUND=76 ",
        table.toString());
  }

  @Test
  void everyKindHasARateAndASize() {
    for (Kind kind : Kind.values()) {
      assertTrue(kind.perSecondMax() > 0 && kind.sizeMax() >= 0, kind.name());
    }
  }

  @Test
  void peersSurviveTheirEncoding() throws Malformed {
    PeerList list =
        new PeerList(
            List.of(
                PeerAddress.of("1.2.3.4", 7040).withPeer(Samples.peer(1)),
                PeerAddress.of("2001:db8::1", 1)));
    assertEquals(list, PeerList.decode(list.message()));
  }

  @Test
  void peersAtNoAddressAreMalformed() {
    for (Wire.PeerEntry entry :
        List.of(
            Wire.PeerEntry.newBuilder().setHost("").setPort(1).build(),
            Wire.PeerEntry.newBuilder().setHost("1.2.3.4").build(),
            Wire.PeerEntry.newBuilder().setHost("1.2.3.4").setPort(70_000).build(),
            Wire.PeerEntry.newBuilder()
                .setHost("1.2.3.4")
                .setPort(1)
                .setKey(ByteString.copyFromUtf8("short"))
                .build())) {
      Message message =
          Envelope.message(Kind.PEERS, Wire.Peers.newBuilder().addPeers(entry).build());
      assertThrows(Malformed.class, () -> PeerList.decode(message));
    }
  }
}
