package nimble.node.cli;

import nimble.codec.Malformed;
import nimble.genesis.Genesis;
import nimble.node.files.GenesisFile;
import nimble.node.files.Mistake;
import nimble.types.Address;

/// The validator that an option names.
final class ValidatorOf {
  private ValidatorOf() {}

  static Address parse(Genesis genesis, String address) throws Mistake {
    try {
      return GenesisFile.form(genesis).parse(address);
    } catch (Malformed e) {
      throw Mistake.of("--validator: '%s': %s", address, e.reason());
    }
  }
}
