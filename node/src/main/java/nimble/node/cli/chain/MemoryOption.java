package nimble.node.cli.chain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.node.cli.console.Root;
import nimble.node.client.Followed;
import nimble.node.files.Mistake;
import nimble.node.files.SafeFile;
import nimble.types.ChainId;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Whether proofs go on from the last one (Y10).
final class MemoryOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--no-memory",
      description =
          "Prove every step from the trusted point on, and remember nothing; else proofs of a chain"
              + " go on from the newest block proven before.")
  private boolean off;

  Optional<Followed> load(ChainId chain) throws Mistake, IOException {
    Path file = file(chain);
    if (off || !Files.exists(file)) {
      return Optional.empty();
    }
    try {
      Followed followed = Followed.decode(SafeFile.readBytes(file, Followed.BYTES_MAX));
      if (!followed.anchor().header().chain().equals(chain)) {
        throw new Malformed("it is of chain " + followed.anchor().header().chain());
      }
      return Optional.of(followed);
    } catch (Malformed e) {
      throw Mistake.of("%s is damaged (%s): delete it", file, e.reason());
    }
  }

  void save(Followed followed) throws IOException {
    if (!off) {
      SafeFile.replaceSecret(file(followed.anchor().header().chain()), followed.encode());
    }
  }

  private Path file(ChainId chain) {
    return Root.surroundingsOf(command).home().proven(chain);
  }
}
