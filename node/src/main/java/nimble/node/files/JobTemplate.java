package nimble.node.files;

/// What `nbcli job init` writes.
public final class JobTemplate {
  private JobTemplate() {}

  private static final int WARMUP_MOST = 100;

  public static String text(String name, String dataFile, int steps, int stages) {
    int warmup = Math.clamp(steps / 20, 1, WARMUP_MOST);
    return """
    # A training job. Check it with `nbcli job plan FILE`, order it with `nbcli job submit FILE`.
    name: %s
    theme: text            # what the model is about, for whoever finds it later

    model:
      template: gpt        # GPT-2's shape; text is read as bytes
      vocabulary: 256
      context: 64          # bytes that the model sees at once
      layers: 4
      heads: 4             # must divide the width
      width: 128
      bias: false

    data:
      file: %s      # relative to this file
      split: 0.9           # the first part is trained on, the rest is held out

    training:
      steps: %d
      batch: 12            # rows of a step, over all micro-batches
      microBatches: 2      # more of them keep more stages busy at once
      learningRate: 1e-3
      minLearningRate: 1e-4
      warmup: %d           # steps in which the learning rate rises
      betas: [0.9, 0.99]
      weightDecay: 0.1
      clip: 1.0            # the largest norm of a step's gradient
      seed: 1
      gradientCodec: bf16  # how gradients are committed: bf16, int8 or fp32

    stages:
      count: %d             # or `cuts: [3, 6]`: the first layer of each stage but the first

    classes: served        # numeric classes that enough validators have; any: also others

    money:                 # in NIM
      budget: 100          # locked at submission; what is not used comes back
      maxPricePerHour: 10  # of one device
      auditRate: 0         # a floor; 0 leaves it to the miners' bonds
      deadline: 2h         # the job ends then, done or not
    """
        .formatted(name, dataFile, steps, warmup, stages);
  }
}
