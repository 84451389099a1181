package nimble.node.cli.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.SigningKey;
import nimble.genesis.Genesis;
import nimble.node.cli.console.Root;
import nimble.node.files.GenesisFile;
import nimble.node.files.Home;
import nimble.node.files.KeystoreFile;
import nimble.node.files.Mistake;
import nimble.types.Address;
import nimble.types.PublicKey;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Which wallet a command uses.
public final class WalletOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = {"--wallet.name", "--wallet"},
      paramLabel = "NAME",
      defaultValue = "default",
      description = "The wallet (${DEFAULT-VALUE}).")
  private String name = "";

  @Option(
      names = "--wallet.hotkey",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "The hot key in it (${DEFAULT-VALUE}).")
  private String hotKey = "";

  @Mixin private final PasswordOptions password = new PasswordOptions();

  public String name() {
    return name;
  }

  public String hotKey() {
    return hotKey;
  }

  /// Of the account's key, and of the hot key.
  public PasswordOptions password() {
    return password.under(command);
  }

  public Home home() {
    return Root.surroundingsOf(command).home();
  }

  public boolean exists() throws Mistake {
    return Files.exists(home().accountKey(name));
  }

  /// Whose account is meant: the one that was given, else this wallet's.
  public String owner(Optional<String> given, Genesis genesis) throws Mistake, IOException {
    return given.isPresent() ? given.get() : GenesisFile.form(genesis).show(address());
  }

  /// Refuses a wallet that there is none of.
  public Path accountFile() throws Mistake {
    Path file = home().accountKey(name);
    if (!exists()) {
      throw Mistake.of(
          "there is no wallet '%s' (%s): make one with `nbcli wallet create --wallet.name %s`, or"
              + " see `nbcli wallet list`",
          name, file, name);
    }
    return file;
  }

  /// Needs no password.
  public Address address() throws Mistake, IOException {
    return addressIn(accountFile());
  }

  /// Needs no password. Refuses a keystore without a public key.
  public static Address addressIn(Path accountFile) throws Mistake, IOException {
    Bytes label = KeystoreFile.read(accountFile).label();
    if (label.size() != PublicKey.SIZE) {
      throw Mistake.of("%s: the keystore is damaged: its public key is none", accountFile);
    }
    return AddressForm.addressOf(new PublicKey(label));
  }

  /// Signs the work of this wallet's node.
  public Path hotKeyFile() throws Mistake {
    accountFile();
    Path file = home().hotKey(name, hotKey);
    if (!Files.exists(file)) {
      throw Mistake.of(
          "wallet '%s' has no hot key '%s' (%s): make one with `nimble keys new --kind hot FILE`",
          name, hotKey, file);
    }
    return file;
  }

  /// Needs no password.
  public PublicKey hotPublicKey() throws Mistake, IOException {
    Path file = hotKeyFile();
    Bytes label = KeystoreFile.read(file).label();
    if (label.size() != PublicKey.SIZE) {
      throw Mistake.of("%s: the keystore is damaged: its public key is none", file);
    }
    return new PublicKey(label);
  }

  /// The account's key; asks for the password where none was given.
  public SigningKey unlock() throws Mistake, IOException {
    Path file = accountFile();
    return KeystoreFile.account(file, password().existing("wallet '%s'".formatted(name)));
  }
}
