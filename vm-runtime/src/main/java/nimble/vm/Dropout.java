package nimble.vm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import nimble.vm.tensor.ParameterTensor;

/// What a stage leaves out by chance while it trains (T9): at each site every number of a
/// micro-batch is multiplied by 0, or by what keeps the mean. Sites come in the order in which
/// layers compute.
///
/// Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014.
public final class Dropout {
  public static final float RATE_MAX = 0.9f;

  /// Numbers that one block of random words decides about: sixteen bits each.
  private static final int PER_BLOCK = 8;

  private static final int DRAWS = 1 << Short.SIZE;
  private static final int HALF = 0xffff;

  /// In a stream's number: the site, the micro-batch, the step.
  private static final int SITE_BITS = 20;

  private static final int MICRO_BATCH_BITS = 8;

  /// @param number in the whole model
  private record Site(int number, int width, float rate) {
    long stream(Draw draw) {
      return (((draw.step() << MICRO_BATCH_BITS) | draw.microBatch()) << SITE_BITS) | number;
    }

    /// @param place among those that the block decides about
    float factor(int[] block, int place) {
      int dropped = Math.round(rate * DRAWS);
      int drawn = (block[place / 2] >>> (place % 2 * Short.SIZE)) & HALF;
      return drawn < dropped ? 0 : (float) DRAWS / (DRAWS - dropped);
    }
  }

  private final StageSpec stage;
  private final List<ParameterTensor> adapters;
  private final List<Site> sites = new ArrayList<>();
  private int next;
  private boolean within;

  private Dropout(StageSpec stage) {
    this.stage = stage;
    ModelSpec model = stage.model();
    adapters =
        model.lora().filter(lora -> lora.dropout() > 0).isEmpty()
            ? List.of()
            : Layout.walk(new StageSpec(model, 0, stage.endLayer(), stage.rows())).stream()
                .filter(tensor -> tensor.part() == ParameterTensor.Part.LORA_A)
                .toList();
    for (int i = 0; i < stage.endLayer(); i++) {
      within = i >= stage.firstLayer();
      visit(model.layers().get(i), Integer.toString(i));
    }
  }

  public static Dropout of(StageSpec stage) {
    return new Dropout(stage);
  }

  /// Whether a model has sites anywhere.
  public static boolean isIn(ModelSpec model) {
    return model.dropout() > 0 || model.lora().filter(lora -> lora.dropout() > 0).isPresent();
  }

  private void visit(Layer layer, String at) {
    if (layer instanceof Layer.Residual(var body)) {
      for (int i = 0; i < body.size(); i++) {
        visit(body.get(i), at + "." + i);
      }
    } else {
      for (ParameterTensor adapter : adapters) {
        if (adapter.name().startsWith(at + ".")) {
          add(adapter.shape().getLast(), stage.model().lora().orElseThrow().dropout());
        }
      }
    }
    if (drops(layer) && stage.model().dropout() > 0) {
      add(layer.outWidth(), stage.model().dropout());
    }
  }

  private static boolean drops(Layer layer) {
    return layer instanceof Layer.Embedding
        || layer instanceof Layer.Activation
        || layer instanceof Layer.Residual;
  }

  private void add(int width, float rate) {
    if (within) {
      sites.add(new Site(next, width, rate));
    }
    next++;
  }

  public int sites() {
    return sites.size();
  }

  /// Of a position.
  public int width(int site) {
    return sites.get(site).width;
  }

  /// Numbers that one micro-batch draws about, at all sites.
  long numbers() {
    long widths = sites.stream().mapToLong(Site::width).reduce(0, Math::addExact);
    return Math.multiplyExact(widths, (long) stage.positions());
  }

  /// What the numbers at a site are multiplied by, rows × context × width.
  public float[] factors(int site, Draw draw) {
    Site at = sites.get(site);
    float[] factors = new float[Math.multiplyExact(stage.positions(), at.width)];
    if (draw.leavesAll()) {
      Arrays.fill(factors, 1);
      return factors;
    }
    Philox words = words(draw);
    int[] block = new int[4];
    for (int i = 0; i < factors.length; i++) {
      if (i % PER_BLOCK == 0) {
        words.block(at.stream(draw), i / PER_BLOCK, block);
      }
      factors[i] = at.factor(block, i % PER_BLOCK);
    }
    return factors;
  }

  /// Of all sites.
  public List<float[]> factors(Draw draw) {
    return IntStream.range(0, sites()).mapToObj(site -> factors(site, draw)).toList();
  }

  /// One of [#factors].
  public float factor(int site, Draw draw, int number) {
    if (draw.leavesAll()) {
      return 1;
    }
    Site at = sites.get(site);
    int[] block = new int[4];
    words(draw).block(at.stream(draw), number / PER_BLOCK, block);
    return at.factor(block, number % PER_BLOCK);
  }

  private static Philox words(Draw draw) {
    return Philox.of(draw.seed(), "dropout");
  }
}
