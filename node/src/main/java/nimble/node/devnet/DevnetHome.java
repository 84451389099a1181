package nimble.node.devnet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.KeyKind;
import nimble.crypto.ScryptCost;
import nimble.crypto.SigningKey;
import nimble.node.files.GenesisFile;
import nimble.node.files.Home;
import nimble.node.files.KeystoreFile;
import nimble.node.files.Mistake;
import nimble.node.files.SafeFile;
import nimble.node.files.Setting;
import nimble.node.site.NodeDirectory;
import nimble.storage.file.DataDirectory;

/// A devnet as files: what `nimble node start` and `nbcli` need to run it.
public record DevnetHome(Path path) {
  /// Of all its keys: its NIM is worth nothing.
  public static final String PASSWORD = "devnet-only";

  public Path genesis() {
    return path.resolve("genesis.json");
  }

  public Path validator(int index) {
    return path.resolve("validator" + index);
  }

  public Path miner(int index) {
    return path.resolve("miner" + index);
  }

  public void writeGenesis(Devnet devnet) throws Mistake, IOException {
    SafeFile.create(genesis(), GenesisFile.show(devnet.genesis()));
  }

  /// The data directory of one validator, keys included. It is a gateway for all wallets.
  public void writeValidator(Devnet devnet, int index, Map<Setting, String> settings)
      throws Mistake, IOException, DataDirectory.Refused {
    NodeKeys keys = devnet.validators().get(index);
    Path directory = validator(index);
    Map<Setting, String> all = new LinkedHashMap<>(settings);
    AddressForm form = GenesisFile.form(devnet.genesis());
    all.put(
        Setting.GATEWAY_FOR,
        devnet.wallets().stream().map(form::show).collect(Collectors.joining(",")));
    NodeDirectory.make(directory, devnet.genesis(), all, true);
    write(NodeDirectory.hotKey(directory), KeyKind.HOT, keys.hot());
    keystore(
        NodeDirectory.voteKey(directory),
        KeyKind.VOTE,
        keys.vote().voteKey().bytes(),
        keys.voteSeed());
  }

  /// The data directory of one miner, its hot key included.
  public void writeMiner(Devnet devnet, int index, Map<Setting, String> settings)
      throws Mistake, IOException, DataDirectory.Refused {
    Path directory = miner(index);
    NodeDirectory.make(directory, devnet.genesis(), settings, false);
    write(NodeDirectory.hotKey(directory), KeyKind.HOT, devnet.miners().get(index).hot());
  }

  /// A wallet that `NIMBLE_HOME` set to this directory leads to.
  public void writeWallet(String name, NodeKeys keys) throws Mistake, IOException {
    write(new Home(path).accountKey(name), KeyKind.ACCOUNT, keys.account());
    write(new Home(path).hotKey(name, "default"), KeyKind.HOT, keys.hot());
  }

  private static void write(Path file, KeyKind kind, SigningKey key) throws Mistake, IOException {
    keystore(file, kind, key.publicKey().bytes(), key.seed());
  }

  private static void keystore(Path file, KeyKind kind, Bytes publicKey, Bytes secret)
      throws Mistake, IOException {
    if (!Files.exists(file)) {
      KeystoreFile.create(file, kind, publicKey, secret, PASSWORD, ScryptCost.FAST);
    }
  }
}
