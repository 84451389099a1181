package nimble.training;

import java.util.List;
import java.util.stream.IntStream;
import nimble.blob.ReedSolomon;
import nimble.types.Math128;

/// Which shards of a challenged bundle each validator holds (J33): with `m` measures to give, who
/// has the part `x` of all stake gets `⌊m x⌋ + 1` of them, and `⌊m ÷ 3⌋ + 1` give the bundle.
///
/// Any validators with more than a third of all stake can rebuild it: since `⌊y⌋ + 1 > y`, they
/// hold more than `m ÷ 3` shards, and the least whole number above `m ÷ 3` is `⌊m ÷ 3⌋ + 1`. When
/// more than two thirds of all stake say that they hold theirs, and less than a third of it lies,
/// those that do not lie are such a set. There are at most `m + v` shards for `v` validators.
///
/// @param code over all shards
/// @param counts of the validators' shards, in their order; the numbers of one follow each other
public record Shares(ReedSolomon code, List<Integer> counts) {
  /// Equal stakes then get four each; more would only cost computing.
  private static final int PER_VALIDATOR = 4;

  private static final int PARTS = 3;

  public Shares {
    counts = List.copyOf(counts);
  }

  /// @param stakes of all validators, none of them 0
  static Shares of(List<Long> stakes) {
    int validators = stakes.size();
    int measures =
        Math.min(PER_VALIDATOR * validators - 1, ReedSolomon.SHARDS_MAX - 1 - validators);
    long all = stakes.stream().reduce(0L, Math::addExact);
    List<Integer> counts =
        stakes.stream().map(stake -> (int) Math128.mulDiv(measures, stake, all) + 1).toList();
    int total = counts.stream().mapToInt(it -> it).sum();
    return new Shares(new ReedSolomon(measures / PARTS + 1, total), counts);
  }

  /// The numbers of the shards of the validator at `index`.
  public List<Integer> of(int index) {
    int first = counts.subList(0, index).stream().mapToInt(it -> it).sum();
    return IntStream.range(first, first + counts.get(index)).boxed().toList();
  }
}
