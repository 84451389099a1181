package nimble.p2p;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// Values for tests.
public final class Samples {
  private Samples() {}

  public static Bytes bytes(SplittableRandom random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  public static Hash hash(SplittableRandom random) {
    return new Hash(bytes(random, Hash.SIZE));
  }

  public static List<Hash> hashes(SplittableRandom random, int count) {
    List<Hash> hashes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hashes.add(hash(random));
    }
    return hashes;
  }

  public static PublicKey peer(int number) {
    byte[] bytes = new byte[PublicKey.SIZE];
    bytes[0] = (byte) (number >> 8);
    bytes[1] = (byte) number;
    return new PublicKey(Bytes.wrap(bytes));
  }

  public static int numberOf(PublicKey peer) {
    return (peer.bytes().at(0) & 0xff) << 8 | (peer.bytes().at(1) & 0xff);
  }

  public static Hello hello() {
    return new Hello(
        new ChainId("test"),
        Hash.ZERO,
        Hello.PROTOCOL,
        Hello.PROTOCOL,
        0,
        Optional.empty(),
        Set.of(Role.MINER),
        "nimble/test");
  }

  public static Hello hello(String chain, Hash genesis, int protocol) {
    return new Hello(
        new ChainId(chain),
        genesis,
        protocol,
        protocol,
        0,
        Optional.empty(),
        Set.of(),
        "nimble/test");
  }
}
