package nimble.vm.trace;

import nimble.codec.Malformed;

/// Numbers of a trace, all of them or those that somebody has opened.
public interface Operands {
  /// @throws Malformed when it is not there
  int bits(int tensor, int at) throws Malformed;

  default float number(int tensor, int at) throws Malformed {
    return Float.intBitsToFloat(bits(tensor, at));
  }
}
