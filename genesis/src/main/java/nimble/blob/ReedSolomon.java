package nimble.blob;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.IntStream;
import nimble.check.Invariant;
import nimble.codec.Bytes;

/// A systematic Reed–Solomon code (B5): the first `needed` shards are the data, and any `needed` of
/// all give the data. The others are sums of the data by a Cauchy matrix, 1 ÷ (x + y) with rows x
/// from `needed` on and columns y below it: all of them differ, and every square part of such a
/// matrix can be inverted (Blömer et al., An XOR-Based Erasure-Resilient Coding Scheme, 1995).
///
/// @param needed shards that suffice
/// @param total shards that there are
public record ReedSolomon(int needed, int total) {
  public static final int SHARDS_MAX = Galois.SIZE;

  /// So that a few rows of it stay in a cache.
  private static final int BLOCK = 8 << 10;

  public ReedSolomon {
    Invariant.check(
        needed >= 1 && needed <= total && total <= SHARDS_MAX, "%d of %d shards", needed, total);
  }

  /// The shards after the data, in order.
  ///
  /// @param data `needed` shards of one size
  public List<Bytes> encode(List<Bytes> data) {
    Invariant.check(data.size() == needed, "%d shards, must be %d", data.size(), needed);
    int size = data.getFirst().size();
    List<byte[]> sums = IntStream.range(needed, total).mapToObj(_ -> new byte[size]).toList();
    for (int column = 0; column < needed; column++) {
      add(data.get(column), column, needed, sums);
    }
    return sums.stream().map(Bytes::wrap).toList();
  }

  /// The data, from any `needed` shards of one size; of more the first are taken.
  public List<Bytes> decode(SortedMap<Integer, Bytes> some) {
    List<Integer> given = some.keySet().stream().limit(needed).toList();
    Invariant.check(
        given.size() == needed && given.getFirst() >= 0 && given.getLast() < total,
        "shards %s of %d",
        given,
        total);
    List<Integer> missing =
        IntStream.range(0, needed).filter(column -> !given.contains(column)).boxed().toList();
    List<Integer> rows = given.stream().filter(row -> row >= needed).toList();
    List<byte[]> sums = rows.stream().map(row -> shard(some, row).toArray()).toList();
    for (int column : given) {
      if (column < needed) {
        addTo(sums, rows, shard(some, column), column);
      }
    }
    List<byte[]> found = solve(rows, missing, sums);
    return IntStream.range(0, needed)
        .mapToObj(column -> {
          int index = missing.indexOf(column);
          return index < 0 ? shard(some, column) : Bytes.wrap(found.get(index));
        })
        .toList();
  }

  private static Bytes shard(Map<Integer, Bytes> some, int index) {
    Bytes shard = some.get(index);
    Invariant.check(shard != null, "no shard %d", index);
    return shard == null ? Bytes.EMPTY : shard;
  }

  private static int coefficient(int row, int column) {
    return Galois.inverse(Galois.add(row, column));
  }

  private void add(Bytes shard, int column, int firstRow, List<byte[]> sums) {
    addTo(sums, IntStream.range(firstRow, firstRow + sums.size()).boxed().toList(), shard, column);
  }

  /// Adds what a data shard contributes to each row's sum.
  private static void addTo(List<byte[]> sums, List<Integer> rows, Bytes shard, int column) {
    byte[] block = new byte[BLOCK];
    var left = shard.asBuffer();
    for (int at = 0; left.hasRemaining(); at += BLOCK) {
      int length = Math.min(BLOCK, left.remaining());
      left.get(block, 0, length);
      for (int i = 0; i < sums.size(); i++) {
        Galois.addMultiple(sums.get(i), at, block, length, coefficient(rows.get(i), column));
      }
    }
  }

  /// What the missing columns must be so that the rows sum up to `sums`.
  private static List<byte[]> solve(List<Integer> rows, List<Integer> missing, List<byte[]> sums) {
    int[][] inverse = inverse(rows, missing);
    List<byte[]> found = new ArrayList<>();
    for (int[] line : inverse) {
      byte[] sum = new byte[sums.getFirst().length];
      for (int i = 0; i < line.length; i++) {
        Galois.addMultiple(sum, 0, sums.get(i), sum.length, line[i]);
      }
      found.add(sum);
    }
    return found;
  }

  /// By Gauss and Jordan. No pivot of a Cauchy matrix vanishes: the parts that lead to it can all
  /// be inverted.
  private static int[][] inverse(List<Integer> rows, List<Integer> columns) {
    int size = rows.size();
    int[][] left = new int[size][size];
    int[][] right = new int[size][size];
    for (int i = 0; i < size; i++) {
      right[i][i] = 1;
      for (int j = 0; j < size; j++) {
        left[i][j] = coefficient(rows.get(i), columns.get(j));
      }
    }
    for (int pivot = 0; pivot < size; pivot++) {
      int factor = Galois.inverse(left[pivot][pivot]);
      scale(left[pivot], factor);
      scale(right[pivot], factor);
      for (int i = 0; i < size; i++) {
        if (i != pivot) {
          int times = left[i][pivot];
          addTimes(left[i], left[pivot], times);
          addTimes(right[i], right[pivot], times);
        }
      }
    }
    return right;
  }

  private static void scale(int[] row, int factor) {
    for (int i = 0; i < row.length; i++) {
      row[i] = Galois.multiply(row[i], factor);
    }
  }

  private static void addTimes(int[] row, int[] other, int factor) {
    for (int i = 0; i < row.length; i++) {
      row[i] = Galois.add(row[i], Galois.multiply(other[i], factor));
    }
  }
}
