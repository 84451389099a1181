package nimble.vm.djl;

import ai.djl.Device;

/// Where a program's tensors lie (D3, D7).
///
/// @param apart weights and gradients are copies there; else they are the caller's memory
/// @param products what multiplies there (D8)
record Place(Device device, boolean apart, Products products) {
  static final Place CPU = new Place(Device.cpu(), false, Products.ofProcessor());
  static final Place CUDA = new Place(Device.gpu(), true, Products.PLAIN);

  static Place of(Numeric.Device device) {
    return switch (device) {
      case CPU -> CPU;
      case CUDA -> CUDA;
    };
  }
}
