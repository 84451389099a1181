package nimble.node.cli.option;

import nimble.codec.Malformed;
import nimble.genesis.Genesis;
import nimble.node.files.GenesisFile;
import nimble.node.files.Mistake;
import nimble.types.Address;

/// The validator that an option names.
public final class ValidatorOf {
  private ValidatorOf() {}

  /// The one of `--validator`.
  public static Address parse(Genesis genesis, String address) throws Mistake {
    return parse("--validator", genesis, address);
  }

  /// @param name of the option or parameter
  public static Address parse(String name, Genesis genesis, String address) throws Mistake {
    try {
      return GenesisFile.form(genesis).parse(address);
    } catch (Malformed e) {
      throw Mistake.of("%s: '%s': %s", name, address, e.reason());
    }
  }
}
