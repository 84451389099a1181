package nimble.node.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.AddressForm;
import nimble.crypto.Bls;
import nimble.genesis.Genesis;
import nimble.genesis.Genesis.GenesisAccount;
import nimble.genesis.Genesis.GenesisValidator;
import nimble.genesis.Parameters;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.PublicKey;
import nimble.types.VoteKey;
import nimble.types.VoteSignature;

/// A genesis as JSON. Amounts are nim-units; addresses as people write them; keys in hexadecimal.
public final class GenesisFile {
  private static final long BYTES_MAX = 64L << 20;

  private GenesisFile() {}

  /// The members of the file, in order.
  private record Form(
      String chain,
      String prefix,
      long timeMillis,
      String beacon,
      long rewardPool,
      Parameters parameters,
      List<ValidatorForm> validators,
      List<AccountForm> accounts) {}

  private record ValidatorForm(String account, String hotKey, String voteKey, String proof) {}

  private record AccountForm(String address, long balance, long bond, long stake) {}

  public static String show(Genesis genesis) {
    AddressForm form = form(genesis);
    return Json.show(
            Json.of(
                new Form(
                    genesis.chain().value(),
                    genesis.prefix(),
                    genesis.timeMillis(),
                    genesis.beacon().toString(),
                    genesis.rewardPool(),
                    genesis.parameters(),
                    genesis.validators().stream()
                        .map(validator ->
                            new ValidatorForm(
                                form.show(validator.account()),
                                validator.hotKey().toString(),
                                validator.voteKey().toString(),
                                validator.proof().toString()))
                        .toList(),
                    genesis.accounts().stream()
                        .map(account ->
                            new AccountForm(
                                form.show(account.address()),
                                account.balance(),
                                account.bond(),
                                account.stake()))
                        .toList())))
        + "\n";
  }

  /// How addresses of this network are written.
  public static AddressForm form(Genesis genesis) {
    return genesis.prefix().equals("nim") ? AddressForm.MAIN : AddressForm.TEST;
  }

  public static Genesis read(Path file) throws Mistake, IOException {
    return parse(file.toString(), SafeFile.read(file, BYTES_MAX));
  }

  static Genesis parse(String file, String text) throws Mistake {
    Form form = Json.read(file, text, Form.class);
    if (!ChainId.isValid(form.chain)) {
      throw Mistake.of(
          "%s: chain must be 1 to %d of a-z, 0-9 and '-', was '%s'",
          file, ChainId.LENGTH_MAX, form.chain);
    }
    if (!form.prefix.equals("nim") && !form.prefix.equals("tnim")) {
      throw Mistake.of("%s: prefix must be nim or tnim, was '%s'", file, form.prefix);
    }
    if (form.timeMillis < 0 || form.rewardPool < 0) {
      throw Mistake.of("%s: timeMillis and rewardPool must not be negative", file);
    }
    AddressForm addresses = form.prefix.equals("nim") ? AddressForm.MAIN : AddressForm.TEST;
    List<GenesisValidator> validators = new ArrayList<>();
    for (ValidatorForm validator : form.validators) {
      validators.add(
          validator(file + ": validators[%d]".formatted(validators.size()), addresses, validator));
    }
    List<GenesisAccount> accounts = new ArrayList<>();
    for (AccountForm account : form.accounts) {
      accounts.add(account(file + ": accounts[%d]".formatted(accounts.size()), addresses, account));
    }
    return new Genesis(
        new ChainId(form.chain),
        form.prefix,
        form.timeMillis,
        new Hash(hex(file + ": beacon", form.beacon, Hash.SIZE)),
        form.rewardPool,
        form.parameters,
        validators,
        accounts);
  }

  /// Everything that is wrong with it, keys included; empty when nothing is.
  public static List<String> errors(Genesis genesis) {
    List<String> errors = new ArrayList<>(genesis.errors());
    for (int i = 0; i < genesis.validators().size(); i++) {
      GenesisValidator validator = genesis.validators().get(i);
      if (!Bls.verifyPossession(validator.voteKey(), validator.proof())) {
        errors.add("validators[%d].proof: does not prove the vote key".formatted(i));
      }
    }
    return errors;
  }

  private static GenesisValidator validator(String where, AddressForm addresses, ValidatorForm form)
      throws Mistake {
    return new GenesisValidator(
        address(where + ".account", addresses, form.account),
        new PublicKey(hex(where + ".hotKey", form.hotKey, PublicKey.SIZE)),
        new VoteKey(hex(where + ".voteKey", form.voteKey, VoteKey.SIZE)),
        new VoteSignature(hex(where + ".proof", form.proof, VoteSignature.SIZE)));
  }

  private static GenesisAccount account(String where, AddressForm addresses, AccountForm form)
      throws Mistake {
    if (form.balance < 0 || form.bond < 0 || form.stake < 0) {
      throw Mistake.of("%s: amounts must not be negative", where);
    }
    return new GenesisAccount(
        address(where + ".address", addresses, form.address), form.balance, form.bond, form.stake);
  }

  private static Address address(String where, AddressForm addresses, String text) throws Mistake {
    try {
      return addresses.parse(text);
    } catch (Malformed e) {
      throw Mistake.in("%s: '%s'".formatted(where, text), e);
    }
  }

  /// `size` bytes in hexadecimal; `where` is for the message.
  public static Bytes hex(String where, String digits, int size) throws Mistake {
    try {
      Bytes bytes = Bytes.hex(digits);
      if (bytes.size() == size) {
        return bytes;
      }
    } catch (Malformed e) {
      // Said below, once for both.
    }
    throw Mistake.of("%s must be %d hexadecimal digits, was '%s'", where, 2 * size, digits);
  }
}
