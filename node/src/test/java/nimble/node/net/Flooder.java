package nimble.node.net;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nimble.chain.MoneyCall;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Hashing;
import nimble.crypto.SigningKey;
import nimble.genesis.Parameters;
import nimble.node.Node;
import nimble.node.chain.Replica;
import nimble.node.devnet.NodeKeys;
import nimble.p2p.Announce;
import nimble.p2p.Chunk;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.types.Hash;
import nimble.types.PublicKey;
import nimble.types.Signature;

/// Somebody who offers what no block can take, as a peer under ever new keys and as a client:
/// unpayable, stale, oversized, and what everybody has already.
final class Flooder {
  private static final long PAUSE_MILLIS = 50;
  private static final int EACH = 64;
  private static final int KEPT_MAX = 8_192;
  private static final Signature NONE = new Signature(Bytes.wrap(new byte[Signature.SIZE]));

  private final TestWorld world;
  private final int number;
  private final List<Node> victims;
  private final List<Transaction> known;
  private final Map<Hash, Bytes> bodies = new LinkedHashMap<>();
  private final List<PublicKey> connected = new ArrayList<>();
  private Optional<Network> network = Optional.empty();
  private int lives;
  private long serial;
  private long offered;

  /// @param known what honest clients have submitted
  Flooder(TestWorld world, int number, List<Node> victims, List<Transaction> known) {
    this.world = world;
    this.number = number;
    this.victims = List.copyOf(victims);
    this.known = known;
  }

  /// Useless transactions until now.
  long offered() {
    return offered;
  }

  /// Keys that this one has used up.
  int lives() {
    return lives;
  }

  void begin() {
    comeAnew();
    goOn();
  }

  private void comeAnew() {
    network.ifPresent(Network::close);
    connected.clear();
    bodies.clear();
    Bytes seed = Hashing.of("flooder", Bytes.ofU64(number), Bytes.ofU64(lives++)).bytes();
    SigningKey key = SigningKey.fromSeed(seed);
    network = Optional.of(world.join(new NodeKeys(key, key, seed), 0, this::heard));
    for (NodeKeys validator : world.devnet.validators()) {
      network.get().connect(world.address(validator));
    }
  }

  private boolean heard(NetworkEvent event) {
    switch (event) {
      case NetworkEvent.PeerConnected it -> connected.add(it.peer());
      case NetworkEvent.PeerDisconnected it -> connected.remove(it.peer());
      case NetworkEvent.Received it when it.message().kind() == Kind.TX_GET -> serve(it);
      default -> {}
    }
    return true;
  }

  private void serve(NetworkEvent.Received request) {
    try {
      Get get = Get.decode(request.message());
      if (get.wanted() instanceof Get.ByHash(List<Hash> hashes)) {
        List<Bytes> found = new ArrayList<>();
        hashes.forEach(hash -> Optional.ofNullable(bodies.get(hash)).ifPresent(found::add));
        network
            .orElseThrow()
            .send(
                request.peer(),
                Lane.CONTROL,
                Chunk.fitting(Kind.TX_BODIES, get.request(), found).message(Kind.TX_BODIES));
      }
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  private void goOn() {
    List<Hash> news = new ArrayList<>();
    List<Transaction> submitted = new ArrayList<>();
    for (int i = 0; i < EACH; i++) {
      Transaction useless = useless();
      submitted.add(useless);
      Bytes body = serial % 64 == 63 ? oversized() : useless.encode();
      Hash hash = Hashing.sha256(body);
      bodies.put(hash, body);
      news.add(hash);
    }
    known.stream().limit(EACH).map(Transaction::id).forEach(news::add);
    offered += 2 * EACH;
    if (bodies.size() > KEPT_MAX) {
      bodies.clear();
    }
    connected.forEach(peer ->
        network
            .orElseThrow()
            .send(peer, Lane.CONTROL, new Announce(news).message(Kind.TX_ANNOUNCE)));
    Node victim = victims.get((int) (serial / EACH % victims.size()));
    victim.replica().must(new Replica.Input.Submitted(submitted, _ -> {}));
    if (connected.size() < victims.size() / 2) {
      comeAnew();
    }
    world.sim.after(PAUSE_MILLIS, this::goOn);
  }

  private Transaction useless() {
    serial++;
    if (serial % 4 == 0 && !known.isEmpty()) {
      return known.get((int) (serial % known.size())); // Everybody has it.
    }
    boolean late = serial % 4 == 1;
    boolean used = serial % 4 == 2;
    PublicKey stranger =
        new PublicKey(Hashing.of("stranger", Bytes.ofU64(number), Bytes.ofU64(serial)).bytes());
    PublicKey rich = world.devnet.developer().account().publicKey();
    long now = TestSite.START_MILLIS + world.sim.nowMillis();
    return new Transaction(
        new Transaction.Unsigned(
            world.devnet.genesis().chain(),
            used ? rich : stranger,
            0,
            late ? now - 1 : now + 60_000,
            Parameters.NIM / 10,
            0,
            new MoneyCall.Transfer(world.validator().address(), 1 + serial, Bytes.ofU64(serial))),
        NONE);
  }

  private Bytes oversized() {
    byte[] bytes = new byte[Transaction.BYTES_MAX + 1];
    Bytes start = Bytes.ofU64(serial);
    System.arraycopy(start.toArray(), 0, bytes, 0, start.size());
    return Bytes.wrap(bytes);
  }
}
