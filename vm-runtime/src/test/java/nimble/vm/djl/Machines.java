package nimble.vm.djl;

import ai.djl.Device;

/// What tests of other packages cannot make.
public final class Machines {
  private Machines() {}

  /// One on which oneDNN multiplies however small a product is (D8).
  public static DjlMachine oneDnn() {
    return new DjlMachine(new Place(Device.cpu(), false, new Products(0)));
  }
}
