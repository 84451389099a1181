package nimble.node.cli.stake;

import java.util.Optional;
import nimble.chain.StakeCall.StakeAdd;
import nimble.chain.StakeCall.ValidatorRegister;
import nimble.genesis.Genesis;
import nimble.node.cli.sending.Sender;
import nimble.node.cli.sending.SendingCommand;
import nimble.node.files.Amount;
import nimble.node.files.GenesisFile;
import nimble.node.files.Mistake;
import nimble.types.PublicKey;
import nimble.types.VoteKey;
import nimble.types.VoteSignature;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "register",
    description = {
      "Makes a wallet's account stand for election as a validator, two epochs ahead.",
      "A second time it replaces what was registered.",
      "Vote key and proof come from `nimble keys new --kind vote` or `nimble keys show --proof`."
    })
final class ValidatorRegistration extends SendingCommand {
  private static final double PERMILLE_PER_PERCENT = 10;

  @Option(
      names = "--vote-key",
      required = true,
      paramLabel = "HEX",
      description = "The public vote key of its node.")
  private String voteKey = "";

  @Option(
      names = "--proof",
      required = true,
      paramLabel = "HEX",
      description = "Proof of possession of the vote key.")
  private String proof = "";

  @Option(
      names = "--hot-key",
      paramLabel = "HEX",
      description = "The identity of its node; without it the wallet's hot key.")
  private Optional<String> hotKey = Optional.empty();

  @Option(
      names = "--commission",
      paramLabel = "PERCENT",
      defaultValue = "10",
      description = "Of what its delegators' stake earns, at most 20 (${DEFAULT-VALUE}).")
  private double commission;

  @Option(
      names = "--stake",
      paramLabel = "NIM",
      description = "Also moves this from the balance to its own stake, first.")
  private Optional<String> stake = Optional.empty();

  @Override
  public Integer call() throws Exception {
    long added = stake.isEmpty() ? 0 : Amount.parse("--stake", stake.get());
    ValidatorRegister call = registration();
    try (Session session = open()) {
      Sender sender = session.sender();
      checkStake(session.genesis(), sender.account().getStake(), added);
      session.confirm("Register %s as a validator?".formatted(sender.shownAddress()));
      if (added > 0) {
        sender.send(new StakeAdd(added), added);
      }
      return session.send(
          call,
          0,
          "%s stands for election; if elected, it votes from the epoch after the next"
              .formatted(sender.shownAddress()));
    }
  }

  private ValidatorRegister registration() throws Exception {
    long permille = Math.round(commission * PERMILLE_PER_PERCENT);
    if (permille < 0 || permille > ValidatorRegister.COMMISSION_MAX) {
      throw Mistake.of(
          "--commission must be 0 to %.0f per cent, was %s",
          ValidatorRegister.COMMISSION_MAX / PERMILLE_PER_PERCENT, commission);
    }
    PublicKey identity =
        hotKey.isPresent()
            ? new PublicKey(GenesisFile.hex("--hot-key", hotKey.get(), PublicKey.SIZE))
            : wallet.hotPublicKey();
    return new ValidatorRegister(
        new VoteKey(GenesisFile.hex("--vote-key", voteKey, VoteKey.SIZE)),
        new VoteSignature(GenesisFile.hex("--proof", proof, VoteSignature.SIZE)),
        identity,
        (int) permille);
  }

  private static void checkStake(Genesis genesis, long staked, long added) throws Mistake {
    long least = genesis.parameters().consensus().validatorStakeMin();
    if (staked + added < least) {
      throw Mistake.of(
          "a validator stakes %s at least, this one has %s: give --stake",
          Amount.withUnit(least), Amount.withUnit(staked + added));
    }
  }
}
