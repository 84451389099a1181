package nimble.ledger;

import nimble.chain.MinerCall.MinerRegister;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.PublicKey;

/// A registered miner.
///
/// @param hotKey signs its work calls and is its node's identity
/// @param validator whom its work speaks for
/// @param endpoint `host:port`, or empty when it cannot be dialled
public record Miner(PublicKey hotKey, Address validator, String displayName, String endpoint) {
  void write(Writer writer) {
    hotKey.write(writer);
    validator.write(writer);
    writer.string(displayName, MinerRegister.NAME_MAX).string(endpoint, MinerRegister.ENDPOINT_MAX);
  }

  static Miner read(Reader reader) throws Malformed {
    return new Miner(
        PublicKey.read(reader),
        Address.read(reader),
        reader.string(MinerRegister.NAME_MAX),
        reader.string(MinerRegister.ENDPOINT_MAX));
  }
}
