package nimble.node.cli.chain;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.light.Checkpoint;
import nimble.light.Finality;
import nimble.light.ProofBundle;
import nimble.node.api.Wire;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;
import nimble.types.Height;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "block",
    description =
        "Checks that a block is final, with all its entries; its HEIGHT:HASH may then be trusted.")
final class VerifyBlock implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final TrustOptions trust = new TrustOptions();
  @Mixin private final AgeOption age = new AgeOption();
  @Mixin private final MemoryOption memory = new MemoryOption();

  @Parameters(
      paramLabel = "HEIGHT[:HASH]",
      defaultValue = "0",
      description = "Which; the newest by default.")
  private String which = "";

  @Override
  public Integer call() throws Exception {
    Optional<Checkpoint> expected = which.contains(":") ? Optional.of(parse()) : Optional.empty();
    long height = expected.map(Checkpoint::height).map(Height::value).orElseGet(() -> -1L);
    if (height < 0) {
      if (!which.matches("[0-9]{1,18}")) {
        throw Mistake.of("a block is HEIGHT or HEIGHT:HASH, was '%s'", which);
      }
      height = Long.parseLong(which);
    }
    long asked = height;
    try (NodeClient client = node.connect()) {
      Proving proving = Proving.start(client, node, trust, memory);
      Finality finality = proving.ask(light -> light.block(asked));
      Header header = finality.headers().getFirst();
      if (expected.filter(it -> !it.names(header)).isPresent()) {
        throw new ClientFailure(
            ClientFailure.Kind.REJECTED,
            "the final block of this height is %s, not %s".formatted(Checkpoint.of(header), which));
      }
      if (asked == 0) {
        age.check(header);
      }
      Block block = body(client, header);
      ProofBundle bundle = proving.client().bundle(finality, List.of(), List.of());
      Shown shown = Shown.of(bundle, proving.known());
      shown
          .table()
          .row("work calls", block.body().workCalls().size())
          .row("transactions", block.body().transactions().size())
          .row("trust it as", Checkpoint.of(header))
          .row("verified", "every step from %s on".formatted(proving.known().words()));
      output.document(
          shown
              .json()
              .put("verified", true)
              .put("workCalls", block.body().workCalls().size())
              .put("entries", block.body().transactions().size()),
          shown.table().show(output.surroundings()));
      return ExitCode.DONE;
    }
  }

  private Checkpoint parse() throws Mistake {
    try {
      return Checkpoint.parse(which);
    } catch (Malformed e) {
      throw new Mistake(e.reason());
    }
  }

  /// The block's entries are what the final header commits to.
  private static Block body(NodeClient client, Header header) throws ClientFailure {
    Bytes bytes = Wire.from(client.block(header.height().value()).getBlock());
    try {
      Block block = Block.decode(bytes);
      if (!block.header().equals(header)) {
        throw new Malformed("it is not what the final header commits to");
      }
      return block;
    } catch (Malformed e) {
      throw new ClientFailure(
          ClientFailure.Kind.UNAVAILABLE,
          "the node sent a false block %s: %s; ask another node"
              .formatted(header.height(), e.reason()));
    }
  }
}
