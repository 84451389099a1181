package nimble.vm;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How the learning rate falls once it has risen (T4). The tag is its byte in the canonical
/// encoding.
public enum Schedule {
  COSINE(1) {
    @Override
    double left(double done) {
      return 0.5 * (1 + StrictMath.cos(Math.PI * done));
    }
  },
  LINEAR(2) {
    @Override
    double left(double done) {
      return 1 - done;
    }
  };

  final int tag;

  Schedule(int tag) {
    this.tag = tag;
  }

  /// The part of the fall that is still to come when `done` of the steps after the warm-up are
  /// behind, both from 0 to 1.
  abstract double left(double done);

  /// As people write it.
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static List<String> titles() {
    return Arrays.stream(values()).map(Schedule::title).toList();
  }

  public static Optional<Schedule> ofTitle(String title) {
    return Arrays.stream(values()).filter(schedule -> schedule.title().equals(title)).findFirst();
  }

  static Optional<Schedule> ofTag(int tag) {
    return Arrays.stream(values()).filter(schedule -> schedule.tag == tag).findFirst();
  }
}
