package nimble.node.cli.wallet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import nimble.chain.SignedMessage;
import nimble.codec.Bytes;
import nimble.node.files.Mistake;
import nimble.node.files.SafeFile;
import picocli.CommandLine.Option;

/// What is signed: a text, or the bytes of a file.
final class MessageOptions {
  @Option(names = "--message", paramLabel = "TEXT", description = "What is signed, as UTF-8.")
  private Optional<String> text = Optional.empty();

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "What is signed, every byte of it; at most 1 MiB.")
  private Optional<Path> file = Optional.empty();

  Bytes message() throws Mistake, IOException {
    if (text.isPresent() == file.isPresent()) {
      throw new Mistake("give either --message TEXT or --file FILE: what is signed");
    }
    if (file.isPresent()) {
      return SafeFile.readBytes(file.get(), SignedMessage.MESSAGE_MAX);
    }
    Bytes bytes = Bytes.utf8(text.get());
    if (bytes.size() > SignedMessage.MESSAGE_MAX) {
      throw Mistake.of(
          "--message must have at most %d bytes, had %d", SignedMessage.MESSAGE_MAX, bytes.size());
    }
    return bytes;
  }
}
