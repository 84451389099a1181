package nimble.node.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import nimble.blob.Manifest;
import nimble.chain.Device;
import nimble.spec.Problem;
import nimble.training.spec.BaseSpec;
import nimble.training.spec.DataSpec;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.training.spec.StartSpec;
import nimble.vm.Cuts;
import nimble.vm.ModelSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.data.DataForm;

/// What a `job.yaml` says: a job spec, but for the data, which is still as a person has it.
///
/// @param base what it begins with
/// @param start what it goes on from
/// @param data what to train on
/// @param trainPermille the first part of it that is trained on
public record JobDraft(
    String name,
    String theme,
    ModelSpec model,
    Optional<ImportedModel> base,
    Optional<StartKey> start,
    DataSource data,
    int trainPermille,
    TrainingSpec training,
    Cuts cuts,
    Optional<Device> device,
    boolean anyClass,
    MoneySpec money,
    JobLines lines) {

  /// What the network reads, which must be there and fit the model.
  ///
  /// @return to be closed once it is sent
  public PreparedData prepare() throws Mistake, IOException {
    Path path = data.path();
    if (data.form() == DataForm.TEXT && !Files.isRegularFile(path)) {
      throw lines.mistake("data.file", "must be a file, was '%s'".formatted(path));
    }
    if (!Files.exists(path)) {
      throw lines.mistake("data.file", "must be there, was '%s'".formatted(path));
    }
    PreparedData prepared = PreparedData.of(data, model);
    try {
      check(prepared.size());
    } catch (Mistake e) {
      prepared.close();
      throw e;
    }
    return prepared;
  }

  private void check(long size) throws Mistake {
    if (size == 0) {
      throw lines.mistake(
          "data.file", "must hold what to train on, but %s is empty".formatted(data.path()));
    }
    lines.refuse(DataSpec.problems(size, trainPermille));
    long trained = size * trainPermille / DataForm.PERMILLE;
    long held = size - trained;
    if (data.form() == DataForm.TEXT && Math.min(held, trained) <= model.context()) {
      throw lines.mistake(
          "data.file",
          "must be longer: %s has %d bytes, of which %d are trained on and %d held out, and each part must have more than %d (model.context)"
              .formatted(data.path(), size, trained, held, model.context()));
    }
  }

  /// The order, once the data is a blob.
  ///
  /// @param from what [#start] comes to
  public JobSpec spec(Manifest manifest, Optional<StartSpec> from) throws Mistake {
    DataSpec spec = new DataSpec(manifest.id(), manifest.size(), trainPermille, data.form());
    Optional<BaseSpec> begins = base.map(it -> new BaseSpec(it.blob().id(), it.base().storage()));
    lines.refuse(JobSpec.problems(name, theme, model, begins, from, spec, training, cuts));
    JobSpec order =
        new JobSpec(
            name, theme, model, begins, from, spec, training, cuts, device, anyClass, money);
    lines.refuse(order.sizeProblems());
    return order;
  }

  /// What a node found, whose first word is the field, at its line.
  public Mistake mistake(String problem) {
    String[] parts = problem.split(" ", 2);
    return lines.mistake(parts[0], parts[1]);
  }

  /// A problem that the node or a plan found, at its line.
  public Mistake mistake(Problem problem) {
    return lines.mistake(problem);
  }
}
