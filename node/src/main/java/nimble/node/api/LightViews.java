package nimble.node.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.api.v1.EpochSteps;
import nimble.api.v1.FinalityView;
import nimble.api.v1.InclusionView;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.consensus.Certificate;
import nimble.light.EpochStep;
import nimble.light.Finality;
import nimble.light.Inclusion;
import nimble.node.chain.FinalizedChain;
import nimble.storage.StorageFailure;
import nimble.types.Hash;

/// What a light client asks for (A2): it checks all of it, so nothing here is its word.
final class LightViews {
  /// In one answer: sets of a hundred validators make about a megabyte.
  private static final int STEPS_MAX = 64;

  private final FinalizedChain chain;

  LightViews(ApiParts parts) {
    this.chain = parts.chain();
  }

  FinalityView finality(long height) {
    long asked = height == 0 ? chain.height() : height;
    Finality finality = finalityOf(asked);
    Header header = finality.headers().getFirst();
    return FinalityView.newBuilder()
        .setFinality(Wire.to(Writer.encode(finality::write)))
        .setSet(Wire.to(Writer.encode(set(header)::write)))
        .build();
  }

  private Finality finalityOf(long height) {
    List<Header> headers = new ArrayList<>();
    long last = Math.min(chain.height(), height + Finality.HEADERS_MAX - 1);
    for (long at = height; at >= 0 && at <= last; at++) {
      headers.add(chain.header(at).orElseThrow(() -> unknown(height)));
      Optional<Bytes> certificate = chain.certificate(at);
      if (certificate.isPresent()) {
        return new Finality(headers, decode(certificate.get()));
      }
    }
    throw unknown(height);
  }

  private RuntimeException unknown(long height) {
    return Refused.absent(
        "block %d is not final here; the newest is %d".formatted(height, chain.height()));
  }

  private static Certificate decode(Bytes bytes) {
    try {
      return Reader.decode(bytes, Certificate::read);
    } catch (Malformed e) {
      throw new StorageFailure("a stored certificate is damaged: " + e.reason(), e);
    }
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
    long last = Math.min(chain.tip().epoch(), fromEpoch + STEPS_MAX - 1);
    for (long epoch = fromEpoch; epoch <= last; epoch++) {
      Optional<EpochStep> step = step(epoch);
      if (step.isEmpty()) {
        break;
      }
      steps.addSteps(Wire.to(Writer.encode(step.get()::write)));
    }
    return steps.build();
  }

  /// Empty while the epoch runs.
  private Optional<EpochStep> step(long epoch) {
    return chain
        .epoch(epoch + 1)
        .flatMap(start ->
            chain
                .certificate(start.last().height().value())
                .map(votes -> new EpochStep(start.last(), decode(votes), start.set())));
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
