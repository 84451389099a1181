package nimble.node.files;

import java.util.List;

/// What a column of a table is to a model.
sealed interface Column {
  /// How many numbers it gives.
  int width();

  /// `(x − mean) / deviation`; 0 where the field is empty.
  record Standardised(double mean, double deviation) implements Column {
    @Override
    public int width() {
      return 1;
    }

    double of(double number) {
      return (number - mean) / deviation;
    }
  }

  /// One for the value that it has, zeros for the others.
  record OneHot(List<String> values) implements Column {
    static final int VALUES_MAX = 1_024;

    public OneHot {
      values = List.copyOf(values);
    }

    @Override
    public int width() {
      return values.size();
    }
  }

  record Ignored() implements Column {
    @Override
    public int width() {
      return 0;
    }
  }
}
