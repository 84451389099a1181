package nimble.node.api;

import io.grpc.stub.StreamObserver;
import nimble.api.v1.GetMinerRequest;
import nimble.api.v1.ListOffersRequest;
import nimble.api.v1.MinerServiceGrpc;
import nimble.api.v1.MinerView;
import nimble.api.v1.Offers;
import nimble.ledger.MoneyEpoch;
import nimble.node.chain.FinalizedChain;

/// Offers and miners, from finalized state (A2).
final class MinerApi extends MinerServiceGrpc.MinerServiceImplBase {
  private static final int OFFERS_MAX = 256;

  private final ApiParts parts;
  private final FinalizedChain chain;
  private final MinerViews views;

  MinerApi(ApiParts parts) {
    this.parts = parts;
    this.chain = parts.chain();
    this.views = new MinerViews(parts);
  }

  @Override
  public void listOffers(ListOffersRequest request, StreamObserver<Offers> to) {
    Offers.Builder offers = Offers.newBuilder();
    nimble.ledger.Offers.cheapest(chain.state(), Long.MAX_VALUE, OFFERS_MAX)
        .forEach(offer -> offers.addOffers(views.offer(offer)));
    Answer.with(to, offers.build());
  }

  @Override
  public void getMiner(GetMinerRequest request, StreamObserver<MinerView> to) {
    Answer.with(
        to,
        views.miner(
            chain.state(),
            MoneyEpoch.of(chain.state()).number(),
            Refused.address(parts.addresses(), request.getAddress())));
  }
}
