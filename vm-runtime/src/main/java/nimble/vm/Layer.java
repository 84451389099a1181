package nimble.vm;

import java.util.List;
import java.util.Optional;

/// One layer of a model: data, never code (M1). What a layer means is said where it is used:
/// parameters in [Layout], bounds in [LayerRules], bytes in [LayerCodec], operations in [Metering],
/// arithmetic in the machines.
public sealed interface Layer {
  /// Width of the last axis that the layer takes; token ids have width 1.
  int inWidth();

  int outWidth();

  /// A layer that gives as many numbers a position as it takes.
  sealed interface KeepsWidth extends Layer {
    int width();

    @Override
    default int inWidth() {
      return width();
    }

    @Override
    default int outWidth() {
      return width();
    }
  }

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
  record LayerNorm(int width, boolean bias) implements KeepsWidth {}

  /// `x / √(mean(x²) + ε) · scale` over the last axis.
  ///
  /// Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019.
  record RmsNorm(int width, float epsilon) implements KeepsWidth {}

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

  record Activation(int width, Curve curve) implements KeepsWidth {}

  /// Multi-head self-attention in which a position sees itself and what came before; one projection
  /// `[3 · width, width]` gives queries, keys and values in that order, heads side by side.
  record CausalAttention(int width, int heads, boolean bias) implements KeepsWidth {
    public int headWidth() {
      return width / heads;
    }
  }

  /// Causal self-attention with a projection for each of queries, keys and values: `heads` heads of
  /// queries, in groups that share one of `kvHeads` heads of keys and values (query head h uses `h
  /// / (heads / kvHeads)`). With `rotary`, queries and keys are turned by their place.
  ///
  /// Ainslie et al., "GQA: Training Generalized Multi-Query Transformer Models from Multi-Head
  /// Checkpoints", 2023.
  ///
  /// @param bias of the three projections
  /// @param outBias of the projection behind the heads
  record GroupedAttention(
      int width,
      int heads,
      int kvHeads,
      int headWidth,
      boolean bias,
      boolean outBias,
      Optional<Rotary> rotary)
      implements KeepsWidth {
    /// Numbers of all heads of queries of one position.
    public int mixedWidth() {
      return heads * headWidth;
    }

    /// Numbers of all heads of keys of one position, and as many of values.
    public int sharedWidth() {
      return kvHeads * headWidth;
    }

    public Linear queries() {
      return new Linear(width, mixedWidth(), bias);
    }

    /// Of keys, and as many for values.
    public Linear shared() {
      return new Linear(width, sharedWidth(), bias);
    }

    public Linear out() {
      return new Linear(mixedWidth(), width, outBias);
    }
  }

  /// `down(curve(up(x)))`.
  record FeedForward(int width, int hidden, Curve curve, boolean bias) implements KeepsWidth {
    Linear up() {
      return new Linear(width, hidden, bias);
    }

    Linear down() {
      return new Linear(hidden, width, bias);
    }
  }

  /// `down(curve(gate(x)) · up(x))`.
  ///
  /// Shazeer, "GLU Variants Improve Transformer", 2020.
  record GatedFeedForward(int width, int hidden, Curve curve, boolean bias) implements KeepsWidth {
    /// Of the gate, and the same again.
    public Linear up() {
      return new Linear(width, hidden, bias);
    }

    public Linear down() {
      return new Linear(hidden, width, bias);
    }
  }

  /// A convolution of an image that lies flat in a vector, channel by channel, row by row; W of
  /// shape `[filters, channels, kernel, kernel]`, beyond the edges zeros.
  record Conv2d(Image image, int filters, int kernel, int stride, int padding, boolean bias)
      implements Layer {
    @Override
    public int inWidth() {
      return image.count();
    }

    @Override
    public int outWidth() {
      return out().count();
    }

    public Image out() {
      return image.windows(filters, kernel, stride, padding);
    }

    /// What one filter sees.
    public int patch() {
      return image.channels() * kernel * kernel;
    }
  }

  /// The largest, or the mean, of each window of a flat image; windows do not reach over edges.
  record Pool(Image image, Kind kind, int kernel, int stride) implements Layer {
    public enum Kind {
      MAX,
      MEAN
    }

    @Override
    public int inWidth() {
      return image.count();
    }

    @Override
    public int outWidth() {
      return out().count();
    }

    public Image out() {
      return image.windows(image.channels(), kernel, stride, 0);
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

  /// Ends every model: a linear map and a loss, the mean over all rows and positions; of ids, over
  /// those whose label is not [Head#UNLABELLED].
  sealed interface Head extends Layer {
    /// A position that the loss leaves out.
    int UNLABELLED = -1;

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
