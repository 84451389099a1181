package nimble.node.api;

import java.util.List;
import nimble.api.v1.ConvictedHost;
import nimble.api.v1.DeploymentView;
import nimble.api.v1.PublishedModel;
import nimble.api.v1.SeatView;
import nimble.chain.StageSlot;
import nimble.ledger.Escrows;
import nimble.ledger.StateView;
import nimble.training.Deployment;
import nimble.training.Deployments;
import nimble.training.HostedStage;
import nimble.training.Model;
import nimble.training.Origin;
import nimble.training.ServedModel;
import nimble.types.Hash;
import nimble.types.JobId;

/// Published and deployed models as clients see them.
final class ModelViews {
  private final ApiParts parts;

  ModelViews(ApiParts parts) {
    this.parts = parts;
  }

  PublishedModel published(StateView state, Model model) {
    List<Long> deployments =
        Deployments.active(state).stream()
            .flatMap(id -> Deployments.load(state, id).stream())
            .filter(deployment -> deployment.order().model().equals(model.name()))
            .map(deployment -> deployment.id().value())
            .toList();
    ServedModel served = ServedModel.of(state, model.origin());
    PublishedModel.Builder view =
        PublishedModel.newBuilder()
            .setParameters(served.model().parameters())
            .setStages(served.stages().size());
    switch (model.origin()) {
      case Origin.Trained(JobId job) -> view.setJob(job.value());
      case Origin.Brought _ ->
          view.setBase(served.reads().map(base -> base.manifest().toString()).orElse(""));
    }
    return view.setName(model.name())
        .setOwner(parts.show(model.owner()))
        .setLicence(model.licence())
        .setPricePer1K(model.pricePer1k())
        .setText(model.text().map(Hash::toString).orElse(""))
        .setPublishedMillis(model.published().timeMillis())
        .addAllDeployments(deployments)
        .build();
  }

  DeploymentView deployment(StateView state, JobId id) {
    Deployment deployment =
        Deployments.load(state, id)
            .orElseThrow(() -> Refused.absent("there is no deployment " + id));
    DeploymentView.Builder view =
        DeploymentView.newBuilder()
            .setDeployment(id.value())
            .setModel(deployment.order().model())
            .setJob(deployment.order().origin().trainer().map(JobId::value).orElse(0L))
            .setSender(parts.show(deployment.order().sender()))
            .setGateway(deployment.order().gateway().toString())
            .setPhase(deployment.phase().toString())
            .setReason(deployment.reason())
            .setServes(deployment.serves())
            .setStages(deployment.depth())
            .setReplicas(deployment.replicas())
            .setEscrow(Escrows.get(state, id).map(it -> it.total()).orElse(0L))
            .setMaxPricePer1K(deployment.order().maxPricePer1k())
            .setUntilMillis(deployment.order().untilMillis());
    long dearest = 0;
    for (int replica = 0; replica < deployment.replicas(); replica++) {
      dearest = Math.max(dearest, deployment.pricePer1k(replica));
    }
    view.setPricePer1K(dearest);
    for (int seat = 0; seat < deployment.seats().size(); seat++) {
      view.addSeats(seat(deployment.slot(seat), deployment.seats().get(seat)));
    }
    view.setAudits(deployment.audits().drawn())
        .setAuditsUpheld(deployment.audits().upheld())
        .setAuditsRejected(deployment.audits().rejected());
    deployment.former().stream()
        .filter(host -> !host.convicted().isEmpty())
        .forEach(host ->
            view.addConvicted(
                ConvictedHost.newBuilder()
                    .setReplica(host.replica())
                    .setStage(host.stage())
                    .setMiner(parts.show(host.miner()))
                    .setReason(host.convicted())));
    return view.build();
  }

  private SeatView seat(StageSlot slot, HostedStage seat) {
    return SeatView.newBuilder()
        .setReplica(slot.replica())
        .setStage(slot.stage())
        .setMiner(seat.miner().map(parts::show).orElse(""))
        .setReady(seat.serves())
        .setAttempt(seat.attempt())
        .setPricePer1K(seat.pricePer1k())
        .setMemoryBytes(seat.memoryBytes())
        .setTokens(seat.served().tokens())
        .setPaid(seat.served().paid())
        .setUnsettledTokens(seat.served().claimed() - seat.served().tokens())
        .build();
  }
}
