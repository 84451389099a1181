package nimble.node.api;

import java.util.ArrayList;
import java.util.List;
import nimble.api.v1.EpochSteps;
import nimble.api.v1.FinalityView;
import nimble.api.v1.InclusionView;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.light.Finality;
import nimble.light.Inclusion;
import nimble.node.chain.FinalizedChain;
import nimble.types.Hash;

/// What a light client asks for (A2): it checks all of it, so nothing here is its word.
final class LightViews {
  /// In one answer: sets of a hundred validators make about a megabyte.
  private static final int STEPS_MAX = 64;

  private final FinalizedChain.Still chain;

  LightViews(FinalizedChain.Still chain) {
    this.chain = chain;
  }

  FinalityView finality(long height) {
    Finality finality = finalityOf(height == 0 ? chain.height() : height);
    Header header = finality.headers().getFirst();
    return FinalityView.newBuilder()
        .setFinality(Wire.to(Writer.encode(finality::write)))
        .setSet(Wire.to(Writer.encode(set(header)::write)))
        .build();
  }

  private Finality finalityOf(long height) {
    return chain.finality(height).orElseThrow(() -> unknown(height));
  }

  private RuntimeException unknown(long height) {
    return Refused.absent(
        "block %d is not final here; the newest is %d".formatted(height, chain.height()));
  }

  private ValidatorSet set(Header header) {
    return chain
        .epoch(header.epoch())
        .map(start -> start.set())
        .orElseThrow(() ->
            Refused.absent("the validators of epoch %d are not here".formatted(header.epoch())));
  }

  EpochSteps steps(long fromEpoch) {
    if (fromEpoch < 0) {
      throw Refused.invalid("from_epoch must not be negative, was " + fromEpoch);
    }
    EpochSteps.Builder steps = EpochSteps.newBuilder();
    chain
        .steps(fromEpoch, STEPS_MAX)
        .forEach(step -> steps.addSteps(Wire.to(Writer.encode(step::write))));
    return steps.build();
  }

  InclusionView inclusion(Hash id) {
    FinalizedChain.Place place =
        chain
            .transaction(id)
            .orElseThrow(
                () -> Refused.absent("transaction %s is in no finalized block".formatted(id)));
    Block.Body body =
        chain.block(place.height()).map(Block::body).orElseThrow(() -> unknown(place.height()));
    List<Bytes> entries = new ArrayList<>();
    body.workCalls().stream().map(SignedWorkCall::encode).forEach(entries::add);
    body.transactions().stream().map(Transaction::encode).forEach(entries::add);
    Inclusion inclusion = Inclusion.of(entries, chain.receipts(place.height()), place.index());
    return InclusionView.newBuilder()
        .setFinality(Wire.to(Writer.encode(finalityOf(place.height())::write)))
        .setInclusion(Wire.to(Writer.encode(inclusion::write)))
        .build();
  }
}
