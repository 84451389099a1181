package nimble.node.devnet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nimble.api.v1.IncomeView;
import nimble.api.v1.JobView;
import nimble.api.v1.Metadata;
import nimble.api.v1.ModelView;
import nimble.api.v1.StageView;
import nimble.crypto.AddressForm;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Json;
import nimble.training.PlayedDispute;
import nimble.types.Address;

/// What the demo tells other programs, with the members of its specification.
public record DemoSummary(ObjectNode json) {
  /// Reads the end of a job from the network and its first node's API.
  static DemoSummary of(
      DemoNetwork network,
      JobView job,
      JobHistory history,
      String sample,
      Optional<DemoDeployment.Served> served,
      List<Deviation> deviating)
      throws ClientFailure {
    NodeClient client = network.client();
    ObjectNode json = Json.object();
    json.put("height", client.status().getHeight());
    json.put("finalizedHeight", client.status().getFinalizedHeight());
    json.set("job", job(job, network.pace()));
    json.set("rewards", rewards(client, history));
    json.put("sample", sample);
    ObjectNode model = json.putObject("model");
    model.put("manifest", "").put("name", job.getName());
    for (ModelView view : client.models().getModelsList()) {
      if (view.getJob() == job.getJob()) {
        model.put("manifest", view.getManifest()).put("name", view.getName());
      }
    }
    served.ifPresent(it -> {
      model.put("name", it.name());
      model.put("deployment", it.deployment().getDeployment());
      model.put("pricePer1k", it.deployment().getPricePer1K());
    });
    ArrayNode miners = json.putArray("miners");
    List<NodeKeys> keys = network.devnet().miners();
    for (int i = 0; i < keys.size(); i++) {
      miners
          .addObject()
          .put("index", i)
          .put("address", AddressForm.TEST.show(keys.get(i).address()));
    }
    ArrayNode slashes = json.putArray("slashes");
    for (JobHistory.Slash slash : history.slashes()) {
      slashes
          .addObject()
          .put("miner", AddressForm.TEST.show(slash.what().miner()))
          .put("reason", slash.what().reason())
          .put("amount", slash.what().amount())
          .put("height", slash.height());
    }
    json.put("strikes", history.strikes());
    ArrayNode deviations = json.putArray("deviations");
    for (Deviation one : deviating) {
      deviations
          .addObject()
          .put("node", one.node())
          .put("actor", one.actor())
          .put("rule", one.rule());
    }
    json.set("disputes", disputes(network.devnet(), history));
    json.set("classes", classes(network, history));
    json.put("consistent", network.isConsistent());
    return new DemoSummary(json);
  }

  /// What votes did not settle: who opened it, who played, who lost, and how long it took.
  private static ArrayNode disputes(Devnet devnet, JobHistory history) {
    ArrayNode json = Json.array();
    for (PlayedDispute dispute : history.disputes()) {
      json.addObject()
          .put("audit", dispute.drawn().audit())
          .put("stage", dispute.drawn().stage())
          .put("round", dispute.drawn().round())
          .put("miner", devnet.name(dispute.miner()))
          .put("accuser", devnet.name(dispute.accuser()))
          .put("ground", dispute.opened().appealed() ? "appeal" : "too few votes")
          .put("result", dispute.standing())
          .put("moves", dispute.moves())
          .put("bytes", dispute.bytes());
    }
    return json;
  }

  /// Which nodes showed which numeric class of each stage's program.
  static ArrayNode classes(DemoNetwork network, JobHistory history) {
    ArrayNode json = Json.array();
    history
        .classes()
        .forEach((stage, shown) ->
            shown.forEach((numericClass, who) -> {
              ObjectNode one =
                  json.addObject().put("stage", stage).put("class", numericClass.toString());
              ArrayNode nodes = one.putArray("nodes");
              who.forEach(address -> nodes.add(network.devnet().name(address)));
            }));
    return json;
  }

  private static ObjectNode job(JobView job, Pace pace) {
    ObjectNode json = Json.object();
    json.put("id", job.getJob());
    json.put("state", job.getState());
    json.put("reason", job.getReason());
    json.put("steps", job.getStepsDone());
    json.put("firstLoss", job.getFirstLoss());
    json.put("lastLoss", job.getLastLoss());
    json.put("validationLoss", job.getValidationLoss());
    json.put("parameters", job.getParameters());
    ArrayNode stages = json.putArray("stages");
    for (StageView stage : job.getStagesList()) {
      ObjectNode one = stages.addObject();
      one.put("index", stage.getIndex());
      one.put("miner", stage.getMiner());
      one.put("class", stage.getNumericClass());
      ArrayNode layers = one.putArray("layers");
      stage.getLayersList().forEach(layers::add);
      one.put("operations", stage.getOperations());
    }
    json.put("tokensPerSecond", pace.reading().tokensPerSecond());
    json.put("rounds", job.getRoundsSettled());
    json.put("audits", job.getAudits());
    json.put("auditsUpheld", job.getAuditsUpheld());
    json.put("auditsRejected", job.getAuditsRejected());
    json.put("verificationShare", verificationShare(job));
    json.put("rematches", job.getRematches());
    json.set("metadata", metadata(job.getMetadata()));
    return json;
  }

  /// Operations spent by auditors ÷ operations of the job.
  static double verificationShare(JobView job) {
    return job.getOperationsSettled() == 0
        ? 0
        : (double) job.getAuditOperations() / job.getOperationsSettled();
  }

  private static ObjectNode metadata(Metadata metadata) {
    ObjectNode json = Json.object();
    json.put("dateTime", metadata.getDateTime());
    ArrayNode used = json.putArray("gpuUsed");
    metadata.getGpuUsedList().forEach(used::add);
    ArrayNode provider = json.putArray("gpuProvider");
    metadata.getGpuProviderList().forEach(provider::add);
    json.put("gpuPricePerHour", metadata.getGpuPricePerHour());
    json.put("modelTrained", metadata.getModelTrained());
    json.put("modelParameters", metadata.getModelParameters());
    json.put("theme", metadata.getTheme());
    json.put("timeTraining", metadata.getTimeTraining());
    json.put("senderAddress", metadata.getSenderAddress());
    return json;
  }

  /// Of every miner that was paid for the job. `paid` is all that was credited, for the job and by
  /// emission; `bonded` the part of it that has vested into bond and stake.
  private static ArrayNode rewards(NodeClient client, JobHistory history) throws ClientFailure {
    ArrayNode json = Json.array();
    for (Map.Entry<Address, Long> worked : history.operationsPaid().entrySet()) {
      String miner = AddressForm.TEST.show(worked.getKey());
      IncomeView income = client.rewards(miner).getIncome();
      json.addObject()
          .put("miner", miner)
          .put("workUnits", worked.getValue())
          .put("paid", income.getPaid())
          .put("bonded", income.getBonded());
    }
    return json;
  }
}
