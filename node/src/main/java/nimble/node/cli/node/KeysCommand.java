package nimble.node.cli.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.crypto.AddressForm;
import nimble.crypto.EncryptedKey;
import nimble.crypto.KeyKind;
import nimble.crypto.VoteSigningKey;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.PasswordOptions;
import nimble.node.files.Json;
import nimble.node.files.KeystoreFile;
import nimble.node.files.Mistake;
import nimble.types.PublicKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "keys",
    description = "Key files of a node. Accounts are in wallets: see `nbcli wallet`.",
    subcommands = {KeysCommand.New.class, KeysCommand.Show.class, KeysHistory.class})
public final class KeysCommand {

  @Command(name = "new", description = "Makes a key file.")
  static final class New implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final PasswordOptions password = new PasswordOptions();

    @Option(
        names = "--kind",
        required = true,
        paramLabel = "hot|vote",
        description = "hot: a node's identity; vote: a validator's votes.")
    private KeyKind kind = KeyKind.HOT;

    @Parameters(paramLabel = "FILE", description = "Where to write it.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
      ObjectNode json =
          Json.object().put("file", file.toString()).put("kind", KeystoreFile.name(kind));
      switch (kind) {
        case HOT ->
            json.put("publicKey", NodeKeyFiles.createHot(file, secret()).publicKey().toString());
        case VOTE -> {
          VoteSigningKey key = NodeKeyFiles.createVote(file, secret());
          json.put("publicKey", key.voteKey().toString())
              .put("proof", key.provePossession().toString());
        }
        case ACCOUNT ->
            throw new Mistake("an account's key belongs to a wallet: use `nbcli wallet create`");
      }
      output.document(json, "%s written: %s".formatted(file, json.path("publicKey").asText()));
      return ExitCode.DONE;
    }

    private String secret() throws Exception {
      return password.fresh(file.toString());
    }
  }

  @Command(
      name = "show",
      description =
          "Shows the public side of a key file; for a vote key also its proof, which needs the password.")
  static final class Show implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final PasswordOptions password = new PasswordOptions();

    @Option(names = "--proof", description = "Also the proof of possession of a vote key.")
    private boolean proof;

    @Parameters(paramLabel = "FILE", description = "The key file.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
      EncryptedKey key = KeystoreFile.read(file);
      ObjectNode json =
          Json.object()
              .put("file", file.toString())
              .put("kind", KeystoreFile.name(key.kind()))
              .put("publicKey", key.label().toString());
      Table table =
          new Table("FILE", file.toString())
              .row("kind", KeystoreFile.name(key.kind()))
              .row("public key", key.label());
      if (key.kind() == KeyKind.ACCOUNT && key.label().size() == PublicKey.SIZE) {
        String address = AddressForm.TEST.show(AddressForm.addressOf(new PublicKey(key.label())));
        json.put("address", address);
        table.row("address", address);
      }
      if (proof) {
        VoteSigningKey vote = KeystoreFile.vote(file, password.existing(file.toString()));
        json.put("proof", vote.provePossession().toString());
        table.row("proof", vote.provePossession());
      }
      output.document(json, table.show(output.surroundings()));
      return ExitCode.DONE;
    }
  }
}
