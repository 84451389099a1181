package nimble.node.devnet;

import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.Hashing;
import nimble.crypto.SigningKey;
import nimble.crypto.VoteSigningKey;
import nimble.types.Address;

/// The three kinds of key of one participant: its account's, its node's hot key, its vote key.
///
/// @param voteSeed what the vote key comes from
public record NodeKeys(SigningKey account, SigningKey hot, Bytes voteSeed) {
  /// Derived from a network's secret seed, so that a devnet needs no key files.
  static NodeKeys derive(Bytes seed, String role, int index) {
    return new NodeKeys(
        SigningKey.fromSeed(secret(seed, role, index, "account")),
        SigningKey.fromSeed(secret(seed, role, index, "hot")),
        secret(seed, role, index, "vote"));
  }

  private static Bytes secret(Bytes seed, String role, int index, String use) {
    return Hashing.of("devnet-key", seed, Bytes.utf8("%s/%d/%s".formatted(role, index, use)))
        .bytes();
  }

  public VoteSigningKey vote() {
    return VoteSigningKey.fromSeed(voteSeed);
  }

  public Address address() {
    return AddressForm.addressOf(account.publicKey());
  }

  /// Nothing prints a secret.
  @Override
  public String toString() {
    return "NodeKeys[" + hot.publicKey() + "]";
  }
}
