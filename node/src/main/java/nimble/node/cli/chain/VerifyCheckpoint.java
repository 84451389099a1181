package nimble.node.cli.chain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.blob.Manifest;
import nimble.chain.Header;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.crypto.Merkle;
import nimble.light.ProofBundle;
import nimble.light.StateClaim;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.client.BlobTransfer;
import nimble.node.client.ClientFailure;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.training.JobRecord;
import nimble.training.Jobs;
import nimble.types.Hash;
import nimble.types.JobId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "checkpoint",
    description = "Checks that files are the checkpoints that a job's receipt names.")
final class VerifyCheckpoint implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final TrustOptions trust = new TrustOptions();

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "As job download wrote them: all stages, in their order.")
  private List<Path> files = List.of();

  @Option(
      names = "--receipt",
      paramLabel = "FILE",
      required = true,
      description = "As job receipt wrote it.")
  private Path receiptFile = Path.of("");

  @Override
  public Integer call() throws Exception {
    ReceiptFile receipt = ReceiptFile.verified(receiptFile, trust);
    JobRecord record = record(receipt.bundle());
    Hash recorded =
        record
            .modelTrained()
            .manifest()
            .orElseThrow(() ->
                Mistake.of("%s: the job ended without checkpoints of all stages", receiptFile));
    if (files.size() != record.sums().stages()) {
      throw Mistake.of(
          "the job has %d stages, %d files were given: name all, in the order of stages",
          record.sums().stages(), files.size());
    }
    List<Bytes> manifests = new ArrayList<>();
    ArrayNode list = Json.array();
    for (Path file : files) {
      Hash id = manifest(file).id();
      manifests.add(id.bytes());
      list.addObject().put("file", file.toString()).put("manifest", id.toString());
    }
    Hash found = Merkle.root(manifests);
    if (!found.equals(recorded)) {
      throw new ClientFailure(
          ClientFailure.Kind.REJECTED,
          "these files are not the checkpoints of the receipt, or not in the order of stages: they"
              + " give %s, the chain has %s".formatted(found, recorded));
    }
    ObjectNode json = Json.object();
    json.put("verified", true).put("manifest", recorded.toString()).set("files", list);
    output.document(
        json,
        "%d files are the checkpoints of '%s' that the chain recorded (%s)"
            .formatted(files.size(), record.modelTrained().name(), recorded));
    return ExitCode.DONE;
  }

  private static Manifest manifest(Path file) throws Mistake, IOException {
    if (!Files.isRegularFile(file)) {
      throw Mistake.of("%s does not exist", file);
    }
    if (Files.size(file) > Manifest.SIZE_MAX) {
      throw Mistake.of("%s is larger than a checkpoint can be", file);
    }
    return BlobTransfer.manifestOf(file);
  }

  private JobRecord record(ProofBundle bundle) throws Mistake, Malformed {
    Header header = bundle.finality().headers().getFirst();
    for (StateClaim claim : bundle.claims()) {
      Bytes key = claim.key();
      Optional<Bytes> value = claim.valueUnder(header);
      if (value.isPresent()
          && key.size() == 1 + Long.BYTES
          && key.u64At(1) > 0
          && Jobs.recordKey(new JobId(key.u64At(1))).equals(key)) {
        return Reader.decode(value.get(), JobRecord::read);
      }
    }
    throw Mistake.of("%s is no receipt of a job", receiptFile);
  }
}
