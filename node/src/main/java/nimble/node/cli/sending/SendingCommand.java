package nimble.node.cli.sending;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import nimble.api.v1.TransactionView;
import nimble.chain.Call;
import nimble.genesis.Genesis;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.Confirm;
import nimble.node.cli.option.NodeOptions;
import nimble.node.cli.option.WalletOptions;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.GenesisFile;
import nimble.node.files.Mistake;
import picocli.CommandLine.Mixin;

/// A command that sends calls of a wallet's account and says what became of them.
public abstract class SendingCommand implements Callable<Integer> {
  @Mixin protected final Output output = new Output();
  @Mixin protected final NodeOptions node = new NodeOptions();
  @Mixin protected final WalletOptions wallet = new WalletOptions();
  @Mixin private final Confirm confirm = new Confirm();

  /// Connects, after it is known that there is a wallet; the caller closes.
  protected final Session open() throws Mistake, IOException, ClientFailure {
    wallet.accountFile();
    NodeClient client = node.connect();
    try {
      return new Session(client, node.genesis(client));
    } catch (Mistake | IOException | ClientFailure | RuntimeException e) {
      client.close();
      throw e;
    }
  }

  /// A wallet at a node. What can be refused without a key is, before the password is asked for.
  public final class Session implements AutoCloseable {
    private final NodeClient client;
    private final Genesis genesis;
    private Optional<Sender> sender = Optional.empty();

    private Session(NodeClient client, Genesis genesis) {
      this.client = client;
      this.genesis = genesis;
    }

    public NodeClient client() {
      return client;
    }

    public Genesis genesis() {
      return genesis;
    }

    /// The wallet's address, which takes no key.
    public String account() throws Mistake, IOException {
      return GenesisFile.form(genesis).show(wallet.address());
    }

    /// Unlocks the wallet when it is first asked for.
    public Sender sender() throws Mistake, IOException {
      if (sender.isEmpty()) {
        sender = Optional.of(new Sender(client, genesis, wallet.unlock()));
      }
      return sender.get();
    }

    /// Fails where somebody is there and says no. Names the chain: it may be the node's choice.
    public void confirm(String question) throws Mistake {
      confirm.ask("On chain %s: %s".formatted(genesis.chain(), question));
    }

    /// @param amount that leaves the balance besides the fee, in nim-units
    /// @param words of what is done then
    public int send(Call call, long amount, String words)
        throws Mistake, IOException, ClientFailure {
      return send(call, amount, _ -> words);
    }

    /// @param words of what is done, from the transaction as it is on chain
    public int send(Call call, long amount, Function<TransactionView, String> words)
        throws Mistake, IOException, ClientFailure {
      TransactionView done = sender().send(call, amount);
      Receipts.show(output, done, words.apply(done));
      return ExitCode.DONE;
    }

    @Override
    public void close() {
      client.close();
    }
  }
}
