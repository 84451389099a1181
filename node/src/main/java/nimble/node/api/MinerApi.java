package nimble.node.api;

import io.grpc.stub.StreamObserver;
import nimble.api.v1.GetMinerRequest;
import nimble.api.v1.ListOffersRequest;
import nimble.api.v1.MinerServiceGrpc;
import nimble.api.v1.MinerView;
import nimble.api.v1.Offers;
import nimble.ledger.StateView;
import nimble.types.Address;

/// Offers and miners, from finalized state (A2).
final class MinerApi extends MinerServiceGrpc.MinerServiceImplBase {
  private static final int OFFERS_MAX = 256;

  private final ApiParts parts;
  private final MinerViews views;

  MinerApi(ApiParts parts) {
    this.parts = parts;
    this.views = new MinerViews(parts);
  }

  @Override
  public void listOffers(ListOffersRequest request, StreamObserver<Offers> to) {
    Answer.still(to, parts, now -> offers(now.state()));
  }

  private Offers offers(StateView state) {
    Offers.Builder offers = Offers.newBuilder();
    nimble.ledger.Offers.cheapest(state, Long.MAX_VALUE, OFFERS_MAX)
        .forEach(offer -> offers.addOffers(views.offer(offer)));
    return offers.build();
  }

  @Override
  public void getMiner(GetMinerRequest request, StreamObserver<MinerView> to) {
    Address address = Refused.address(parts.addresses(), request.getAddress());
    Answer.still(to, parts, now -> views.miner(now.state(), address));
  }
}
