package nimble.node.api;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.AddressForm;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;

/// Answers to requests that cannot be met, and the readers of request fields that give them.
final class Refused {
  private Refused() {}

  static StatusRuntimeException invalid(String words) {
    return Status.INVALID_ARGUMENT.withDescription(words).asRuntimeException();
  }

  static StatusRuntimeException absent(String words) {
    return Status.NOT_FOUND.withDescription(words).asRuntimeException();
  }

  static StatusRuntimeException unavailable(String words) {
    return Status.UNAVAILABLE.withDescription(words).asRuntimeException();
  }

  static Hash hash(String field, String digits) {
    try {
      Bytes bytes = Bytes.hex(digits);
      if (bytes.size() == Hash.SIZE) {
        return new Hash(bytes);
      }
    } catch (Malformed e) {
      // Said below, once for both.
    }
    throw invalid(
        "%s must be %d hexadecimal digits, was '%s'".formatted(field, 2 * Hash.SIZE, digits));
  }

  static Address address(AddressForm form, String text) {
    try {
      return form.parse(text);
    } catch (Malformed e) {
      throw invalid("address '%s': %s".formatted(text, e.reason()));
    }
  }

  static JobId job(long number) {
    if (number <= 0) {
      throw invalid("job must be a number from 1 on, was " + number);
    }
    return new JobId(number);
  }
}
