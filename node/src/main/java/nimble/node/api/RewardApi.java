package nimble.node.api;

import io.grpc.stub.StreamObserver;
import nimble.api.v1.ExplainRequest;
import nimble.api.v1.ListEpochsRequest;
import nimble.api.v1.MoneyEpochs;
import nimble.api.v1.RewardExplanation;
import nimble.api.v1.RewardServiceGrpc;
import nimble.types.Address;

/// Where earned NIM comes from, from finalized state (A2).
final class RewardApi extends RewardServiceGrpc.RewardServiceImplBase {
  private final ApiParts parts;
  private final RewardViews views;

  RewardApi(ApiParts parts) {
    this.parts = parts;
    this.views = new RewardViews(parts);
  }

  @Override
  public void explain(ExplainRequest request, StreamObserver<RewardExplanation> to) {
    Address address = Refused.address(parts.addresses(), request.getAddress());
    Answer.still(to, parts, now -> views.explain(now.state(), address));
  }

  @Override
  public void listEpochs(ListEpochsRequest request, StreamObserver<MoneyEpochs> to) {
    Answer.still(to, parts, now -> views.epochs(now.state()));
  }
}
