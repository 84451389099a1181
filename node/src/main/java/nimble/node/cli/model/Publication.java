package nimble.node.cli.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import nimble.chain.ModelSource;
import nimble.codec.Malformed;
import nimble.node.cli.option.JobNumber;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.ImportedModel;
import nimble.node.files.Mistake;
import nimble.spec.Problem;
import nimble.training.spec.BaseSpec;
import nimble.training.spec.BroughtModel;
import nimble.types.JobId;
import nimble.vm.ModelSpec;
import nimble.vm.Segmenter;
import nimble.vm.hf.ModelFolder;
import nimble.vm.hf.ModelText;

/// What `model publish` gives a name: what a job has trained, or a model that is brought.
sealed interface Publication {
  /// What is asked before it is done.
  String words();

  Optional<ModelText> text(TextOptions options, NodeClient client)
      throws Mistake, ClientFailure, IOException;

  /// What the chain is told, once all that it names is at the node.
  ModelSource send(ImportedModels models, NodeClient client)
      throws Mistake, ClientFailure, IOException;

  /// What a job has trained.
  record OfJob(JobId job) implements Publication {
    @Override
    public String words() {
      return "what job %s has trained".formatted(job);
    }

    @Override
    public Optional<ModelText> text(TextOptions options, NodeClient client)
        throws Mistake, ClientFailure, IOException {
      return options.of(client, job.value());
    }

    @Override
    public ModelSource send(ImportedModels models, NodeClient client) {
      return new ModelSource.Trained(job);
    }
  }

  /// A model that is imported here, cut into stages.
  record OfImport(ImportedModel model, BroughtModel brought) implements Publication {
    static OfImport of(ImportedModel model, int stages) throws Mistake {
      ModelSpec spec = model.base().model();
      refuse("--stages", Segmenter.problems(spec, stages));
      BaseSpec base = new BaseSpec(model.blob().id(), model.base().storage());
      var cuts = Segmenter.cut(spec, 1, stages);
      refuse("--stages", BroughtModel.problems(spec, cuts));
      BroughtModel brought = new BroughtModel(spec, base, cuts);
      refuse(model.base().name(), brought.sizeProblems());
      return new OfImport(model, brought);
    }

    private static void refuse(String what, List<Problem> problems) throws Mistake {
      if (!problems.isEmpty()) {
        throw Mistake.of("%s: %s", what, problems.getFirst());
      }
    }

    @Override
    public String words() {
      return "%s (%d parameters in %s, %d bytes to upload)"
          .formatted(
              model.base().name(),
              brought.model().parameters(),
              brought.cuts().stages() == 1 ? "1 stage" : brought.cuts().stages() + " stages",
              model.bytes());
    }

    @Override
    public Optional<ModelText> text(TextOptions options, NodeClient client)
        throws Mistake, IOException {
      return options.of(model);
    }

    @Override
    public ModelSource send(ImportedModels models, NodeClient client)
        throws Mistake, ClientFailure, IOException {
      models.upload(model, client.blobs());
      return new ModelSource.Brought(brought.encode());
    }
  }

  /// A job's number, the name of an imported model, its folder, or a folder to import first.
  ///
  /// @param stages of what no job has cut
  static Publication of(String named, Optional<Integer> stages, ImportedModels models)
      throws Mistake, IOException {
    if (named.matches("[0-9]{1,18}")) {
      if (stages.isPresent()) {
        throw new Mistake("--stages is for models that are brought: a job has its stages");
      }
      return new OfJob(JobNumber.of(Long.parseLong(named)));
    }
    Optional<ImportedModel> here = models.find(named);
    if (here.isPresent()) {
      return OfImport.of(here.get(), stages.orElse(1));
    }
    Path folder =
        ImportedModels.folder(named)
            .orElseThrow(() ->
                Mistake.of(
                    "there is no job, imported model or folder '%s': give a job's number,"
                        + " or a model folder (config.json, safetensors)",
                    named));
    try (ModelFolder model = ModelFolder.open(folder, Optional.empty())) {
      ImportedModel taken =
          models.take(model, ImportedModels.nameOf(folder), ImportedModels.storageOf(model));
      return OfImport.of(taken, stages.orElse(1));
    } catch (Malformed e) {
      throw new Mistake(e.reason());
    }
  }
}
