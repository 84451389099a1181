package nimble.node.cli.miner;

import java.util.Comparator;
import java.util.Optional;
import nimble.api.v1.MinerView;
import nimble.api.v1.ValidatorView;
import nimble.chain.MinerCall.BondAdd;
import nimble.chain.MinerCall.MinerRegister;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.AddressForm;
import nimble.node.cli.option.ValidatorOf;
import nimble.node.cli.sending.SendingCommand;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.GenesisFile;
import nimble.node.files.Mistake;
import nimble.p2p.PeerAddress;
import nimble.types.PublicKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "register",
    description = {
      "Makes a wallet's account a miner, whose node runs under the wallet's hot key.",
      "A second time it changes what is given and keeps the rest."
    })
final class MinerRegistration extends SendingCommand {
  @Option(
      names = "--validator",
      paramLabel = "ADDRESS",
      description =
          "Whom its work speaks for, and with whom what it earns votes: vested pay beyond the bond is"
              + " delegated to it. Without it the wallet's own if it validates, the node's, or the"
              + " one with most stake.")
  private Optional<String> validator = Optional.empty();

  @Option(names = "--name", paramLabel = "TEXT", description = "Shown to people; the wallet's.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--endpoint",
      paramLabel = "HOST:PORT",
      description = "Where others dial its node: what `miner run` has as --listen.")
  private Optional<String> endpoint = Optional.empty();

  @Option(
      names = "--hot-key",
      paramLabel = "HEX",
      description = "Of a node that has its own key, instead of the wallet's hot key.")
  private Optional<String> hotKey = Optional.empty();

  @Option(
      names = "--bond",
      paramLabel = "NIM",
      description = "Also moves this from the balance to the bond that secures work.")
  private Optional<String> bond = Optional.empty();

  @Override
  public Integer call() throws Exception {
    long added = bond.isEmpty() ? 0 : Amount.parse("--bond", bond.get());
    PublicKey key =
        hotKey.isPresent()
            ? new PublicKey(GenesisFile.hex("--hot-key", hotKey.get(), PublicKey.SIZE))
            : wallet.hotPublicKey();
    checkEndpoint();
    try (Session session = open()) {
      AddressForm form = GenesisFile.form(session.genesis());
      MinerView before = session.client().miner(form.show(wallet.address()));
      MinerRegister call = call(session, key, before);
      session.confirm(
          added == 0
              ? "Register %s as a miner?".formatted(before.getAddress())
              : "Register %s as a miner and add %s to its bond?"
                  .formatted(before.getAddress(), Amount.withUnit(added)));
      String words =
          "%s is registered as a miner for validator %s, with whom what it earns will vote"
              .formatted(before.getAddress(), form.show(call.validator()));
      if (added == 0) {
        return session.send(call, 0, words);
      }
      session.sender().send(call, added);
      String bonded = Amount.withUnit(before.getBond() + added);
      return session.send(new BondAdd(added), added, words + ", its bond is " + bonded);
    }
  }

  private MinerRegister call(Session session, PublicKey key, MinerView before)
      throws Mistake, ClientFailure {
    String display = name.orElse(before.getRegistered() ? before.getName() : wallet.name());
    if (Bytes.utf8(display).size() > MinerRegister.NAME_MAX) {
      throw Mistake.of(
          "--name must have at most %d bytes, had %d",
          MinerRegister.NAME_MAX, Bytes.utf8(display).size());
    }
    String named =
        validator.isPresent()
            ? validator.get()
            : before.getRegistered()
                ? before.getValidator()
                : validatorOf(session.client(), before.getAddress());
    return new MinerRegister(
        key,
        ValidatorOf.parse(session.genesis(), named),
        display,
        endpoint.orElse(before.getEndpoint()));
  }

  private static String validatorOf(NodeClient client, String owner) throws ClientFailure {
    String self = client.status().getNodeId();
    Comparator<ValidatorView> order =
        Comparator.comparing((ValidatorView each) -> each.getAddress().equals(owner))
            .thenComparing(each -> each.getHotKey().equals(self))
            .thenComparingLong(ValidatorView::getStake);
    return client.validators().getValidatorsList().stream()
        .max(order)
        .map(ValidatorView::getAddress)
        .orElse("");
  }

  private void checkEndpoint() throws Mistake {
    if (endpoint.isEmpty() || endpoint.get().isEmpty()) {
      return;
    }
    try {
      PeerAddress.parse(endpoint.get());
    } catch (Malformed e) {
      throw Mistake.of("--endpoint: %s", e.reason());
    }
    if (endpoint.get().length() > MinerRegister.ENDPOINT_MAX) {
      throw Mistake.of("--endpoint must have at most %d characters", MinerRegister.ENDPOINT_MAX);
    }
  }
}
