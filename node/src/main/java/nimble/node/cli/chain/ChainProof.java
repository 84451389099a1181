package nimble.node.cli.chain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.light.Inclusion;
import nimble.light.ProofBundle;
import nimble.light.StateClaim;
import nimble.node.api.StateSubject;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.LightClient;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;
import nimble.node.files.SafeFile;
import nimble.types.Hash;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "proof",
    description = "Fetches a value of the state, or a transaction, and checks the proof here.")
final class ChainProof implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final TrustOptions trust = new TrustOptions();
  @Mixin private final AgeOption age = new AgeOption();
  @Mixin private final MemoryOption memory = new MemoryOption();

  @Parameters(
      paramLabel = "SUBJECT",
      description =
          "account/ADDRESS, job/NUMBER, record/NUMBER, deployment/NUMBER, model/NUMBER, tx/ID or key/HEX.")
  private String subject = "";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Keep the proof: nbcli verify receipt checks it without a node.")
  private Optional<Path> out = Optional.empty();

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      Optional<Hash> transaction = transaction();
      // Who reads a file has another memory.
      Proving proving =
          out.isPresent()
              ? Proving.start(client, node, trust)
              : Proving.start(client, node, trust, memory);
      Optional<Bytes> key =
          transaction.isPresent() ? Optional.empty() : Optional.of(key(proving.known()));
      ProofBundle bundle =
          key.isPresent()
              ? state(proving, key.get())
              : transaction(proving, transaction.orElseThrow());
      if (out.isPresent()) {
        SafeFile.create(out.get(), bundle.encode());
      }
      TrustOptions.Known known = proving.known();
      Shown shown = Shown.of(bundle, known);
      ObjectNode json = shown.json().put("subject", subject).put("verified", true);
      if (shown.json().path("claims").path(0) instanceof ObjectNode only) {
        json.setAll(only);
      }
      out.ifPresent(file -> json.put("file", file.toString()));
      shown.table().row("verified", "every step from %s on".formatted(known.words()));
      out.ifPresent(file -> shown.table().row("kept in", file));
      output.document(json, shown.table().show(output.surroundings()));
      return ExitCode.DONE;
    }
  }

  private ProofBundle state(Proving proving, Bytes key) throws Exception {
    LightClient.Proven proven = proving.ask(light -> light.prove(subject, key));
    age.check(proven.header());
    return proving
        .client()
        .bundle(proven.finality(), List.<StateClaim>of(proven.claim()), List.of());
  }

  private static ProofBundle transaction(Proving proving, Hash id) throws Exception {
    LightClient.Included included = proving.ask(light -> light.transaction(id));
    return proving
        .client()
        .bundle(included.finality(), List.of(), List.<Inclusion>of(included.inclusion()));
  }

  private Bytes key(TrustOptions.Known known) throws Mistake {
    try {
      return StateSubject.key(known.addresses(), subject);
    } catch (Malformed e) {
      throw new Mistake(e.reason());
    }
  }

  private Optional<Hash> transaction() throws Mistake {
    if (!subject.startsWith("tx/")) {
      return Optional.empty();
    }
    String digits = subject.substring("tx/".length());
    try {
      Bytes id = Bytes.hex(digits);
      if (id.size() == Hash.SIZE) {
        return Optional.of(new Hash(id));
      }
    } catch (Malformed e) {
      // Said below, once for both.
    }
    throw Mistake.of("tx/ID needs %d hexadecimal digits, was '%s'", 2 * Hash.SIZE, digits);
  }
}
