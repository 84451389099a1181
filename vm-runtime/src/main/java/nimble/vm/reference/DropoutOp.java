package nimble.vm.reference;

/// What a pass leaves out, if it leaves anything out: `x · factors`.
///
/// @param site of [nimble.vm.Dropout]
record DropoutOp(int site, Recorder recorder) implements Op {
  @Override
  public float[] forward(float[] x, Frame frame, Pulls tape) {
    if (frame.factors.isEmpty()) {
      return x;
    }
    float[] factors = frame.factors.get(site);
    tape.push(dy -> product(dy, factors));
    return product(x, factors);
  }

  private float[] product(float[] numbers, float[] factors) {
    float[] product = new float[numbers.length];
    for (int i = 0; i < product.length; i++) {
      product[i] = numbers[i] * factors[i];
    }
    recorder.keep(product);
    return product;
  }
}
