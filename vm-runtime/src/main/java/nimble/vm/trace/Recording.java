package nimble.vm.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.codec.Malformed;

/// Notes which blocks somebody reads, to open them.
public final class Recording implements Operands {
  private final Trace trace;
  private final TreeMap<Integer, TreeSet<Integer>> blocks = new TreeMap<>();

  public Recording(Trace trace) {
    this.trace = trace;
  }

  @Override
  public int bits(int tensor, int at) throws Malformed {
    int bits = trace.bits(tensor, at);
    blocks.computeIfAbsent(tensor, _ -> new TreeSet<>()).add(at / TensorTree.BLOCK);
    return bits;
  }

  /// As few openings as hold all of it.
  public List<Opening> openings() {
    List<Opening> openings = new ArrayList<>();
    blocks.forEach((tensor, read) -> open(tensor, read, openings));
    return openings;
  }

  private void open(int tensor, SortedSet<Integer> read, List<Opening> openings) {
    int first = read.first();
    int end = first;
    for (int block : read) {
      if (block > end) {
        openings.add(trace.tree(tensor).open(tensor, first, end));
        first = block;
      }
      end = block + 1;
    }
    openings.add(trace.tree(tensor).open(tensor, first, end));
  }
}
