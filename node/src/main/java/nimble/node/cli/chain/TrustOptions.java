package nimble.node.cli.chain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.Header;
import nimble.crypto.AddressForm;
import nimble.genesis.Genesis;
import nimble.light.Anchor;
import nimble.light.Checkpoint;
import nimble.light.Trust;
import nimble.light.TrustPeriod;
import nimble.node.cli.console.Root;
import nimble.node.cli.option.CheckpointForm;
import nimble.node.client.Followed;
import nimble.node.files.GenesisFile;
import nimble.node.files.Home;
import nimble.node.files.Mistake;
import nimble.types.ChainId;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What a proof is checked against: something that did not come from the node that is asked.
public final class TrustOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--genesis",
      paramLabel = "FILE",
      description = "Check against the validators of this genesis.")
  private Optional<Path> genesis = Optional.empty();

  @Option(
      names = "--trust",
      paramLabel = "HEIGHT:HASH",
      converter = CheckpointForm.class,
      description = "Check against this block, which somebody told you whom you trust.")
  private Optional<Checkpoint> block = Optional.empty();

  /// A trusted point, how old it may be, and what to call it.
  ///
  /// @param genesis of the network, where it is known
  /// @param addresses how they are written; as on test networks where nobody knows
  /// @param words that tell this point from any other
  public record Known(
      Trust trust,
      TrustPeriod period,
      Optional<Genesis> genesis,
      AddressForm addresses,
      String words) {
    private static Known in(Genesis genesis, String words) {
      return new Known(
          new Trust.InGenesis(genesis),
          TrustPeriod.of(genesis),
          Optional.of(genesis),
          GenesisFile.form(genesis),
          words);
    }

    private static Known in(Checkpoint block, Optional<Genesis> genesis) {
      return new Known(
          new Trust.InBlock(block),
          genesis.map(TrustPeriod::of).orElse(TrustPeriod.UNKNOWN),
          genesis,
          genesis.map(GenesisFile::form).orElse(AddressForm.TEST),
          "block " + block);
    }

    /// What a proof before this one followed from (Y10).
    static Known followed(Followed followed) {
      return new Known(
          new Trust.InBlock(Checkpoint.of(followed.anchor().header())),
          new TrustPeriod(followed.periodMillis()),
          Optional.empty(),
          followed.testAddresses() ? AddressForm.TEST : AddressForm.MAIN,
          followed.root());
    }

    /// The same, by way of a block that was proven before.
    Known through(Header proven) {
      return new Known(
          trust,
          period,
          genesis,
          addresses,
          "block %s, which followed from %s".formatted(Checkpoint.of(proven), words));
    }

    Followed remembered(long rootMillis, Anchor newest) {
      boolean test = addresses == AddressForm.TEST;
      return new Followed(words, rootMillis, period.millis(), test, newest);
    }

    /// Nothing better is known: proves that a node agrees with itself.
    public static Known told(Genesis genesis) {
      return in(genesis, "the genesis that this node told (%s)".formatted(genesis.hash()));
    }

    /// Refuses what is too old to be trusted (Y7).
    ///
    /// @param timeMillis of the trusted block; of genesis when empty
    void check(Optional<Long> timeMillis) throws Mistake {
      Optional<String> refusal = period.refuses(timeMillis(timeMillis), System.currentTimeMillis());
      if (refusal.isPresent()) {
        throw new Mistake(refusal.get());
      }
    }

    boolean isTrusted(long timeMillis) {
      return period.refuses(timeMillis, System.currentTimeMillis()).isEmpty();
    }

    long timeMillis(Optional<Long> block) {
      return block.orElseGet(() -> genesis.map(Genesis::timeMillis).orElse(0L));
    }
  }

  /// @param chain what the proof, or the node, says of its chain: only to choose among the known
  /// @param network a directory of the home, as `--network` names it; empty for any
  Known root(ChainId chain, String network) throws Mistake, IOException {
    return find(chain, network)
        .orElseThrow(() ->
            Mistake.of(
                "there is nothing to check chain %s against: give --genesis FILE, --trust"
                    + " HEIGHT:HASH from somebody you trust, or put its genesis.json into %s",
                chain, home().path().resolve(chain.value())));
  }

  /// The same, empty when nothing is known.
  public Optional<Known> find(ChainId chain, String network) throws Mistake, IOException {
    Optional<Genesis> known = known(chain, network);
    if (block.isPresent()) {
      return Optional.of(Known.in(block.get(), known));
    }
    return known.map(it -> Known.in(it, "genesis " + it.hash()));
  }

  private Optional<Genesis> known(ChainId chain, String network) throws Mistake, IOException {
    if (genesis.isPresent()) {
      return Optional.of(checked(GenesisFile.read(genesis.get()), chain, genesis.get().toString()));
    }
    if (!network.isEmpty() && home().networkNames().contains(network)) {
      return Optional.of(
          checked(GenesisFile.read(home().genesis(network)), chain, "network " + network));
    }
    List<String> names = new ArrayList<>();
    List<Genesis> found = new ArrayList<>();
    for (String name : home().networkNames()) {
      Genesis here = GenesisFile.read(home().genesis(name));
      if (here.chain().equals(chain)) {
        names.add(name);
        found.add(here);
      }
    }
    if (found.stream().map(Genesis::hash).distinct().count() > 1) {
      throw Mistake.of(
          "several networks called %s are known here: choose one of %s with --network, or give"
              + " --genesis FILE",
          chain, String.join(", ", names));
    }
    return found.stream().findFirst();
  }

  private static Genesis checked(Genesis genesis, ChainId chain, String where) throws Mistake {
    List<String> errors = genesis.errors();
    if (!errors.isEmpty()) {
      throw Mistake.of("%s: %s", where, String.join("; ", errors));
    }
    if (!genesis.chain().equals(chain)) {
      throw Mistake.of(
          "%s is of chain %s, the proof is of chain %s", where, genesis.chain(), chain);
    }
    return genesis;
  }

  private Home home() {
    return Root.surroundingsOf(command).home();
  }
}
