package nimble.chain;

import java.nio.charset.StandardCharsets;
import java.util.List;
import nimble.blob.Manifest;
import nimble.blob.Shards;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.AddressForm;
import nimble.crypto.EncryptedKey;
import nimble.genesis.Genesis;
import nimble.sim.FuzzTarget;
import nimble.state.StateProof;
import org.junit.jupiter.api.Test;

/// What of this module is read from sockets and files.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.of("Block", Block::read, Block::write),
          FuzzTarget.of("Body", Block.Body::read, Block.Body::write),
          FuzzTarget.of("Transaction", Transaction::read, Transaction::write),
          FuzzTarget.of("SignedWorkCall", SignedWorkCall::read, SignedWorkCall::write),
          FuzzTarget.of("Header", Header::read, Header::write),
          FuzzTarget.of("Receipt", Receipt::read, Receipt::write),
          FuzzTarget.of("ValidatorSet", ValidatorSet::read, ValidatorSet::write),
          FuzzTarget.of("Genesis", Genesis::read, Genesis::write),
          FuzzTarget.of("StateProof", StateProof::read, StateProof::write),
          FuzzTarget.of("Manifest", Manifest::read, Manifest::write),
          FuzzTarget.of("Shards", Shards::read, Shards::write),
          FuzzTarget.of("EncryptedKey", EncryptedKey::read, EncryptedKey::write),
          FuzzTarget.of("SignedMessage", SignedMessage::read, SignedMessage::write),
          FuzzTarget.loose(
              "Address", FuzzTest::address, it -> Bytes.utf8(AddressForm.TEST.show(it))));

  private static nimble.types.Address address(Bytes input) throws Malformed {
    return AddressForm.TEST.parse(text(input));
  }

  private static String text(Bytes input) {
    return new String(input.toArray(), StandardCharsets.UTF_8);
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}
