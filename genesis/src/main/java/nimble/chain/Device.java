package nimble.chain;

import nimble.codec.Malformed;

/// The kind of hardware that a miner offers.
public enum Device {
  CPU(0),
  GPU(1);

  private final int tag;

  Device(int tag) {
    this.tag = tag;
  }

  public int tag() {
    return tag;
  }

  public static Device of(int tag) throws Malformed {
    return switch (tag) {
      case 0 -> CPU;
      case 1 -> GPU;
      default -> throw new Malformed("unknown device %d".formatted(tag));
    };
  }
}
