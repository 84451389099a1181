package nimble.vm.reference;

import java.util.Optional;
import nimble.check.Invariant;
import nimble.vm.Layer;

/// `y = token[id] + position[place]`.
final class EmbeddingOp implements Op {
  private final Layer.Embedding embedding;
  private final int width;
  private final Weight token;
  private final Optional<Weight> position;
  private final Tally tally;
  private final Recorder recorder;

  EmbeddingOp(Layer.Embedding embedding, Binding binding) {
    this.embedding = embedding;
    width = embedding.width();
    token = binding.next();
    position = embedding.positions() > 0 ? Optional.of(binding.next()) : Optional.empty();
    tally = binding.tally();
    recorder = binding.recorder();
  }

  @Override
  public float[] forward(float[] x, Frame frame, Pulls tape) {
    float[] table = token.values();
    float[] y = new float[frame.positions() * width];
    for (int n = 0; n < frame.positions(); n++) {
      int id = frame.ids[n];
      Invariant.check(id >= 0 && id < embedding.vocabulary(), "token id %d", id);
      System.arraycopy(table, id * width, y, n * width, width);
    }
    position.ifPresent(weight -> addPositions(weight.values(), y, frame));
    recorder.keep(y);
    tape.push(dy -> pull(dy, frame));
    return y;
  }

  private void addPositions(float[] positions, float[] y, Frame frame) {
    for (int n = 0; n < frame.positions(); n++) {
      int place = frame.past + n % frame.length;
      for (int i = 0; i < width; i++) {
        y[n * width + i] += positions[place * width + i];
      }
    }
    tally.elements(y.length, 1);
  }

  private float[] pull(float[] dy, Frame frame) {
    if (!token.trained()) {
      return new float[0];
    }
    token.add(rows(dy, token.count(), frame.ids));
    position.ifPresent(weight -> {
      int[] places = new int[frame.positions()];
      for (int n = 0; n < places.length; n++) {
        places[n] = frame.past + n % frame.length;
      }
      weight.add(rows(dy, weight.count(), places));
    });
    return new float[0];
  }

  /// Adds each row of `dy` to the row of a table that it came from.
  private double[] rows(float[] dy, int count, int[] sources) {
    double[] gradient = new double[count];
    for (int n = 0; n < sources.length; n++) {
      for (int i = 0; i < width; i++) {
        gradient[sources[n] * width + i] += dy[n * width + i];
      }
    }
    tally.elements(dy.length, 1);
    return gradient;
  }
}
