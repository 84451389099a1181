package nimble.crypto;

import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Address;
import nimble.types.PublicKey;

/// How people write an address: bech32m, with a first part that tells the main network from all
/// others, so that nobody sends real money to a test account.
public enum AddressForm {
  MAIN("nim"),
  TEST("tnim");

  private static final Bytes TAG = Bytes.utf8("nimble/address");

  private final String readable;

  AddressForm(String readable) {
    this.readable = readable;
  }

  /// The account that `key` signs for.
  public static Address addressOf(PublicKey key) {
    Bytes digest = Hashing.sha256(TAG, key.bytes()).bytes();
    return new Address(digest.slice(0, Address.SIZE));
  }

  public String show(Address address) {
    return Bech32m.encode(readable, Bech32m.toSymbols(address.bytes()));
  }

  public Address parse(String text) throws Malformed {
    Bech32m.Decoded decoded = Bech32m.decode(text);
    if (!decoded.readable().equals(readable)) {
      throw new Malformed(
          "address begins with %s, must be %s".formatted(decoded.readable(), readable));
    }
    Bytes bytes = Bech32m.toBytes(decoded.symbols());
    if (bytes.size() != Address.SIZE) {
      throw new Malformed("address of %d bytes".formatted(bytes.size()));
    }
    return new Address(bytes);
  }
}
