package nimble.node.cli.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.node.client.BlobTransfer;
import nimble.node.client.ClientFailure;
import nimble.node.files.Mistake;
import nimble.node.files.SafeFile;
import nimble.training.spec.BaseSpec;
import nimble.types.Hash;
import nimble.vm.BaseModel;
import nimble.vm.hf.ModelFolder;
import nimble.vm.hf.Tokens;

/// What a job's base brings to the model that was made from it: its name, and its tokenizer.
///
/// @param files the folder in which its small files are
record BaseFiles(BaseModel model, Path files) {
  private static final String NAME = "base";

  /// @param kept where what is fetched stays for another try
  static Optional<BaseFiles> of(BlobTransfer blobs, Optional<BaseSpec> base, Path kept)
      throws Mistake, ClientFailure, IOException {
    if (base.isEmpty()) {
      return Optional.empty();
    }
    Path description = kept.resolve(NAME);
    blobs.download(base.get().manifest(), description, BaseModel.BYTES_MAX, _ -> {});
    BaseModel model;
    try {
      model = BaseModel.decode(SafeFile.readBytes(description, BaseModel.BYTES_MAX));
    } catch (Malformed e) {
      throw Mistake.in("the base of the job", e);
    }
    Path files = Files.createDirectories(kept.resolve("files"));
    for (Map.Entry<String, Hash> file : model.files().entrySet()) {
      // Names come from whoever imported the model.
      if (ModelFolder.COMPANIONS.contains(file.getKey())) {
        blobs.download(
            file.getValue(), files.resolve(file.getKey()), Tokens.FILE_BYTES_MAX, _ -> {});
      }
    }
    return Optional.of(new BaseFiles(model, files));
  }

  Optional<Tokens> tokens() throws Malformed, IOException {
    return Files.exists(files.resolve("config.json"))
        ? Optional.of(Tokens.of(files))
        : Optional.empty();
  }
}
