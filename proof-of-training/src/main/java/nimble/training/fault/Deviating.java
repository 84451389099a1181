package nimble.training.fault;

import java.util.Optional;
import java.util.SortedMap;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.training.Audit;
import nimble.training.role.BaseWork;
import nimble.training.role.DecodeTensor;
import nimble.training.role.Outcome;
import nimble.training.role.evidence.Norms;
import nimble.training.role.evidence.RoundEvidence;
import nimble.training.role.miner.StageWork;
import nimble.types.Hash;

/// A stage that does as an honest one, but for what a subclass changes.
public abstract class Deviating implements StageWork {
  protected final StageWork honest;

  protected Deviating(StageWork honest) {
    this.honest = honest;
  }

  @Override
  public BaseWork base() {
    return honest.base();
  }

  @Override
  public Outcome.Probed probe() {
    return honest.probe();
  }

  @Override
  public Outcome.Ready start(ByteSource data) {
    return honest.start(data);
  }

  @Override
  public Outcome.Ready load(int round, Hash root, ByteSource checkpoint) {
    return honest.load(round, root, checkpoint);
  }

  @Override
  public Outcome restore(int round, Optional<Hash> root) {
    return honest.restore(round, root);
  }

  @Override
  public Outcome.Forwarded forward(int round, int step, int microBatch, Bytes input) {
    return honest.forward(round, step, microBatch, input);
  }

  @Override
  public Outcome.Backed backward(int microBatch, Bytes outputGradient) {
    return honest.backward(microBatch, outputGradient);
  }

  @Override
  public Outcome.Backed train(int round, int step, int microBatch, Bytes input) {
    return honest.train(round, step, microBatch, input);
  }

  @Override
  public Outcome.Summed sum() {
    return honest.sum();
  }

  @Override
  public Outcome.Stepped update(int round, int step, Norms norms) {
    return honest.update(round, step, norms);
  }

  @Override
  public Outcome.WrittenUp writeUp() {
    return honest.writeUp();
  }

  @Override
  public Outcome.Rounded endRound(int round, int keepFrom) {
    return honest.endRound(round, keepFrom);
  }

  @Override
  public Outcome.Exported export(int round) {
    return honest.export(round);
  }

  @Override
  public Outcome.Reviewed review(
      Audit audit, RoundEvidence evidence, SortedMap<Hash, ? extends ByteSource> blobs) {
    return honest.review(audit, evidence, blobs);
  }

  @Override
  public Outcome decode(DecodeTensor tensor, Bytes input) {
    return honest.decode(tensor, input);
  }

  @Override
  public Outcome.Closed close() {
    return honest.close();
  }
}
