package nimble.node.cli.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import nimble.blob.Blob;
import nimble.codec.Malformed;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Progress;
import nimble.node.client.BlobTransfer;
import nimble.node.client.ClientFailure;
import nimble.node.files.Home;
import nimble.node.files.ImportedModel;
import nimble.node.files.Mistake;
import nimble.node.files.NewFolder;
import nimble.vm.djl.DjlTokenizer;
import nimble.vm.hf.ModelFolder;
import nimble.vm.tensor.Storage;

/// Models that are imported here: how they come in, how they are found, how they are sent on.
public record ImportedModels(Home home, Output output) {
  /// By the name that it was imported under, or by its folder.
  public Optional<ImportedModel> find(String named) throws Mistake, IOException {
    Optional<Path> folder = path(named).filter(ImportedModel::isAt);
    if (folder.isPresent()) {
      return Optional.of(ImportedModel.open(folder.get()));
    }
    return home.modelNames().contains(named)
        ? Optional.of(ImportedModel.open(home.model(named)))
        : Optional.empty();
  }

  /// A folder of whatever is in it; empty when there is none.
  static Optional<Path> folder(String named) {
    return path(named).filter(Files::isDirectory);
  }

  private static Optional<Path> path(String named) {
    try {
      return Optional.of(Path.of(named));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /// What a folder is called when nobody says otherwise.
  static String nameOf(Path folder) {
    return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
  }

  /// As the folder's own numbers are.
  static Storage storageOf(ModelFolder model) {
    return model.isNarrow() ? Storage.BF16 : Storage.FP32;
  }

  /// Keeps a model folder in the form of ours under that name.
  ImportedModel take(ModelFolder model, String called, Storage storage)
      throws Mistake, Malformed, IOException {
    NewFolder target = NewFolder.at(home.model(called), "--name");
    long bytes = model.spec().parameters() * storage.bytes();
    ImportedModel imported;
    try (Progress progress = output.progress("importing " + called, bytes)) {
      imported = ImportedModel.create(target.made(), called, model, storage, progress::at);
    }
    if (imported.tokenizer().isPresent()) {
      DjlTokenizer.of(imported.file(ImportedModel.TOKENIZER)).close();
    }
    target.finish();
    return ImportedModel.open(target.place());
  }

  /// Its parts, its files, and last what names them.
  public void upload(ImportedModel model, BlobTransfer blobs)
      throws Mistake, ClientFailure, IOException {
    AtomicLong sent = new AtomicLong();
    try (Progress progress = output.progress("uploading " + model.base().name(), model.bytes())) {
      model.parts((_, part) -> {
        try {
          blobs.upload(Blob.of(part));
        } catch (ClientFailure e) {
          throw new IOException(e.getMessage(), e);
        }
        progress.at(sent.addAndGet(part.size()));
      });
    }
    for (String file : model.base().files().keySet()) {
      blobs.upload(Blob.of(model.file(file)));
    }
    blobs.upload(model.blob());
  }
}
