package nimble.node.cli.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.blob.Blob;
import nimble.codec.Malformed;
import nimble.node.api.Wire;
import nimble.node.client.BlobTransfer;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.ImportedModel;
import nimble.node.files.Mistake;
import nimble.training.spec.JobSpec;
import nimble.types.Hash;
import nimble.vm.Layer;
import nimble.vm.ModelSpec;
import nimble.vm.data.TextData;
import nimble.vm.djl.DjlTokenizer;
import nimble.vm.hf.ModelText;
import nimble.vm.hf.SmallFiles;
import nimble.vm.text.ChatTemplate;
import picocli.CommandLine.Option;

/// How a model that is published reads and writes text.
final class TextOptions {
  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      description = "A model folder with its tokenizer.json (what came with the job's base).")
  private Optional<Path> tokenizer = Optional.empty();

  @Option(
      names = "--chat-template",
      paramLabel = "NAME",
      description = "plain, chatml, llama3 or mistral (the one that came with the tokenizer).")
  private Optional<String> template = Optional.empty();

  /// Empty when ids are bytes, or no text is read.
  Optional<ModelText> of(NodeClient client, long job) throws Mistake, ClientFailure, IOException {
    try {
      JobSpec spec = JobSpec.decode(Wire.from(client.job(job).getSpec()));
      if (!spec.model().generates()) {
        throw Mistake.of(
            "job %d trained a model that gives no text, so nobody can serve it:"
                + " `nbcli model predict %d` runs it",
            job, job);
      }
      Optional<ModelText> its =
          tokenizer.isPresent() ? named() : ofBase(client.blobs(), spec, chosen());
      return known("the model of job " + job, spec.model(), its);
    } catch (Malformed e) {
      throw new Mistake(e.reason());
    }
  }

  /// Of a model that is imported here.
  Optional<ModelText> of(ImportedModel model) throws Mistake, IOException {
    try {
      Optional<ModelText> its =
          tokenizer.isPresent() ? named() : read(SmallFiles.in(model.files()), chosen());
      return known(model.base().name(), model.base().model(), its);
    } catch (Malformed e) {
      throw new Mistake(e.reason());
    }
  }

  private Optional<ModelText> named() throws Mistake, Malformed, IOException {
    Path folder = tokenizer.orElseThrow();
    Optional<ModelText> named = read(SmallFiles.in(folder), chosen());
    if (named.isEmpty()) {
      throw Mistake.of("--tokenizer: there is no tokenizer.json in %s", folder);
    }
    return named;
  }

  private static Optional<ModelText> known(String what, ModelSpec model, Optional<ModelText> text)
      throws Mistake {
    if (text.isEmpty() && readsTokens(model)) {
      throw Mistake.of(
          "%s reads tokens, and nothing says which:"
              + " --tokenizer must name the folder of the tokenizer that it was trained with",
          what);
    }
    return text;
  }

  private Optional<ChatTemplate> chosen() throws Mistake {
    if (template.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        ChatTemplate.ofWord(template.get())
            .orElseThrow(() ->
                Mistake.of(
                    "--chat-template must be one of %s, was '%s'",
                    String.join(", ", ChatTemplate.words()), template.get())));
  }

  private static Optional<ModelText> read(SmallFiles files, Optional<ChatTemplate> chosen)
      throws Malformed, IOException {
    return ModelText.of(files, chosen, DjlTokenizer::of);
  }

  private static Optional<ModelText> ofBase(
      BlobTransfer blobs, JobSpec spec, Optional<ChatTemplate> chosen)
      throws Mistake, Malformed, ClientFailure, IOException {
    Path kept = Files.createTempDirectory("nbcli");
    try {
      Optional<BaseFiles> base = BaseFiles.of(blobs, spec.base(), kept);
      return base.isPresent() ? read(SmallFiles.in(base.get().files()), chosen) : Optional.empty();
    } finally {
      delete(kept);
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(folder)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : deepestFirst) {
      Files.delete(each);
    }
  }

  private static boolean readsTokens(ModelSpec model) {
    return model.layers().getFirst() instanceof Layer.Embedding embedding
        && embedding.vocabulary() != TextData.VOCABULARY;
  }

  static String words(Optional<ModelText> text) {
    return text.map(it ->
            "with its tokenizer and %s"
                .formatted(
                    it.form()
                        .template()
                        .map(known -> "the chat template " + known.word())
                        .orElse("no chat template of its own")))
        .orElse("over bytes");
  }

  /// What a publication names.
  static Optional<Hash> send(BlobTransfer blobs, Optional<ModelText> text) throws ClientFailure {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Blob form = Blob.of(text.get().form().encode());
    blobs.upload(Blob.of(text.get().file()));
    blobs.upload(form);
    return Optional.of(form.id());
  }
}
