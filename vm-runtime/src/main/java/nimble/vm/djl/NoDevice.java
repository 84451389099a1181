package nimble.vm.djl;

/// The device that was chosen is not there; the message says why and what to do. Nothing is
/// computed elsewhere instead (D7).
public final class NoDevice extends RuntimeException {
  private static final long serialVersionUID = 1;

  NoDevice(String message) {
    super(message);
  }
}
