package nimble.vm;

import java.util.List;

/// One layer of a model: data, never code (M1). What a layer means is said where it is used:
/// parameters in [Layout], bounds in [LayerRules], bytes in [LayerCodec], operations in [Metering],
/// arithmetic in the machines.
public sealed interface Layer {
  /// Width of the last axis that the layer takes; token ids have width 1.
  int inWidth();

  int outWidth();

  /// Token ids to vectors: `token[id] + position[place]`; without learned positions when
  /// `positions` is 0, otherwise `positions` equals the model's context.
  record Embedding(int vocabulary, int positions, int width) implements Layer {
    @Override
    public int inWidth() {
      return 1;
    }

    @Override
    public int outWidth() {
      return width;
    }
  }

  /// Over the last axis, ε = 10⁻⁵, with a scale and, with `bias`, a shift.
  record LayerNorm(int width, boolean bias) implements Layer {
    @Override
    public int inWidth() {
      return width;
    }

    @Override
    public int outWidth() {
      return width;
    }
  }

  /// `x · Wᵀ + b`, W of shape `[out, in]`.
  record Linear(int in, int out, boolean bias) implements Layer {
    @Override
    public int inWidth() {
      return in;
    }

    @Override
    public int outWidth() {
      return out;
    }
  }

  record Activation(int width, Curve curve) implements Layer {
    @Override
    public int inWidth() {
      return width;
    }

    @Override
    public int outWidth() {
      return width;
    }
  }

  /// Multi-head self-attention in which a position sees itself and what came before; one projection
  /// `[3 · width, width]` gives queries, keys and values in that order, heads side by side.
  record CausalAttention(int width, int heads, boolean bias) implements Layer {
    @Override
    public int inWidth() {
      return width;
    }

    @Override
    public int outWidth() {
      return width;
    }

    public int headWidth() {
      return width / heads;
    }
  }

  /// `down(curve(up(x)))`.
  record FeedForward(int width, int hidden, Curve curve, boolean bias) implements Layer {
    @Override
    public int inWidth() {
      return width;
    }

    @Override
    public int outWidth() {
      return width;
    }

    Linear up() {
      return new Linear(width, hidden, bias);
    }

    Linear down() {
      return new Linear(hidden, width, bias);
    }
  }

  /// `x + body(x)`, the body's layers one after the other; never nested.
  record Residual(List<Layer> body) implements Layer {
    public Residual {
      body = List.copyOf(body);
    }

    @Override
    public int inWidth() {
      return body.getFirst().inWidth();
    }

    @Override
    public int outWidth() {
      return body.getLast().outWidth();
    }
  }

  /// Ends every model: a linear map and a loss, the mean over all rows and positions.
  sealed interface Head extends Layer {
    Linear linear();

    /// Labels are class ids; otherwise `outWidth` numbers a position.
    boolean labelsAreIds();

    @Override
    default int inWidth() {
      return linear().in();
    }

    @Override
    default int outWidth() {
      return linear().out();
    }
  }

  /// Cross-entropy with the next token.
  record LanguageHead(int width, int vocabulary) implements Head {
    @Override
    public Linear linear() {
      return new Linear(width, vocabulary, false);
    }

    @Override
    public boolean labelsAreIds() {
      return true;
    }
  }

  /// Cross-entropy with a class.
  record ClassifierHead(int width, int classes) implements Head {
    @Override
    public Linear linear() {
      return new Linear(width, classes, true);
    }

    @Override
    public boolean labelsAreIds() {
      return true;
    }
  }

  /// Mean of squared errors.
  record RegressionHead(int width, int outputs) implements Head {
    @Override
    public Linear linear() {
      return new Linear(width, outputs, true);
    }

    @Override
    public boolean labelsAreIds() {
      return false;
    }
  }
}
