package nimble.vm.djl;

import ai.djl.Device;

/// Where a program's tensors lie (D3, D7).
///
/// @param apart weights and gradients are copies there; else they are the caller's memory
record Place(Device device, boolean apart) {
  static final Place CPU = new Place(Device.cpu(), false);
  static final Place CUDA = new Place(Device.gpu(), true);

  static Place of(Numeric.Device device) {
    return switch (device) {
      case CPU -> CPU;
      case CUDA -> CUDA;
    };
  }
}
