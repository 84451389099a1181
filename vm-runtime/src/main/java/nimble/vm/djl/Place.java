package nimble.vm.djl;

import ai.djl.Device;

/// Where a program's tensors lie (D3, D7).
///
/// @param apart weights and gradients are copies there; else they are the caller's memory
/// @param product what multiplies there (D8)
record Place(Device device, boolean apart, Product product) {
  static final Place CPU = new Place(Device.cpu(), false, Product.ofProcessor());
  static final Place CUDA = new Place(Device.gpu(), true, Product.PLAIN);

  static Place of(Numeric.Device device) {
    return switch (device) {
      case CPU -> CPU;
      case CUDA -> CUDA;
    };
  }
}
