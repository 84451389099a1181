package nimble.training.role;

import nimble.codec.Bytes;

/// A stage that does what another does: deviations override.
class Deviating implements StageWork {
  private final StageWork honest;

  Deviating(StageWork honest) {
    this.honest = honest;
  }

  @Override
  public Outcome.Probed probe() {
    return honest.probe();
  }

  @Override
  public Outcome.Ready start(Bytes data) {
    return honest.start(data);
  }

  @Override
  public Outcome.Ready load(Bytes checkpoint) {
    return honest.load(checkpoint);
  }

  @Override
  public Outcome.Ready restore(int round) {
    return honest.restore(round);
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
  public Outcome.Rounded endRound(int round, int keepFrom) {
    return honest.endRound(round, keepFrom);
  }

  @Override
  public Outcome.Exported export(int round) {
    return honest.export(round);
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
