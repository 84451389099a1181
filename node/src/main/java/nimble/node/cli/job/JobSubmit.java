package nimble.node.cli.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import nimble.api.v1.JobPlanView;
import nimble.api.v1.TransactionView;
import nimble.blob.Manifest;
import nimble.chain.JobCall;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Progress;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Root;
import nimble.node.cli.model.ImportedModels;
import nimble.node.cli.sending.Sender;
import nimble.node.cli.sending.SendingCommand;
import nimble.node.client.BlobTransfer;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.JobDraft;
import nimble.node.files.JobFile;
import nimble.node.files.Mistake;
import nimble.node.files.PreparedData;
import nimble.spec.Problem;
import nimble.training.spec.JobSpec;
import nimble.training.spec.StartSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "submit", description = "Uploads a job's data and orders it.")
final class JobSubmit extends SendingCommand {
  @Spec private CommandSpec command = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "The job file.")
  private Path file = Path.of("");

  @Option(names = "--watch", description = "Then watch it until it ends.")
  private boolean watch;

  @Override
  public Integer call() throws Exception {
    JobDraft draft = JobFile.read(file);
    wallet.accountFile();
    try (PreparedData data = draft.prepare();
        Session session = open()) {
      NodeClient client = session.client();
      Manifest manifest = BlobTransfer.manifestOf(data.file());
      JobSpec spec = draft.spec(manifest, StartChoice.of(draft, client));
      checkPlan(draft, client.plan(spec));
      JobCall.JobSubmit call = new JobCall.JobSubmit(spec.encode());
      checkBalance(draft, session.sender(), call);
      session.confirm(
          "Lock %s for job %s?".formatted(Amount.withUnit(spec.money().budget()), spec.name()));
      String name = "uploading " + draft.data().path().getFileName();
      try (Progress progress = output.progress(name, data.size())) {
        client.blobs().upload(data.file(), manifest, progress::at);
      }
      if (spec.start().isPresent()) {
        StartSpec start = spec.start().get();
        StartChoice.keep(start, client);
        output.note(
            "the node keeps checkpoint %s until `nbcli job unpin %s --round %d`"
                .formatted(start, start.job(), start.round()));
      }
      if (draft.base().isPresent()) {
        new ImportedModels(Root.surroundingsOf(command).home(), output)
            .upload(draft.base().get(), client.blobs());
      }
      TransactionView done = session.sender().send(call, spec.money().budget());
      submitted(done);
      return watch ? new JobWatching(output, client).until(done.getJob()) : ExitCode.DONE;
    }
  }

  private void submitted(TransactionView done) {
    ObjectNode json = Protos.json(done);
    String text = "job %d ordered in block %d".formatted(done.getJob(), done.getHeight());
    if (watch) {
      output.item(json, text);
    } else {
      output.document(json, text + "\nwatch it with `nbcli job watch %d`".formatted(done.getJob()));
    }
  }

  /// The table of offers with reasons tells what no line of the file can.
  private void checkPlan(JobDraft draft, JobPlanView plan) throws Mistake {
    if (plan.getPossible()) {
      return;
    }
    switch (plan.getProblemField()) {
      case "money.budget" ->
          throw draft.mistake(
              new Problem(
                  "money.budget",
                  Amount.withUnit(plan.getBudget()),
                  "at least %s for this job now".formatted(Amount.withUnit(plan.getCost()))));
      case "stages" -> {
        output.note(PlanTable.offers(plan, output.surroundings()));
        throw draft.mistake(
            new Problem(
                "money.maxPricePerHour",
                Amount.withUnit(draft.money().maxPricePerHour()),
                "such that each stage finds an offer (the table says why none did)"));
      }
      default -> throw draft.mistake(plan.getProblem());
    }
  }

  private static void checkBalance(JobDraft draft, Sender sender, JobCall.JobSubmit call)
      throws Mistake, ClientFailure, IOException {
    long balance = sender.account().getBalance();
    long fee = sender.maxFee(call);
    long budget = draft.money().budget();
    if (balance - fee < budget) {
      throw draft.mistake(
          new Problem(
              "money.budget",
              Amount.withUnit(budget),
              "at most %s, the balance of %s less the fee"
                  .formatted(Amount.withUnit(Math.max(0, balance - fee)), sender.shownAddress())));
    }
  }
}
