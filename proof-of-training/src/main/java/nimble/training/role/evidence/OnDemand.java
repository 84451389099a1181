package nimble.training.role.evidence;

import java.util.AbstractList;
import java.util.RandomAccess;
import java.util.function.IntFunction;

/// A list that makes each element when it is asked for it, and keeps none.
final class OnDemand<T> extends AbstractList<T> implements RandomAccess {
  private final int size;
  private final IntFunction<T> element;

  OnDemand(int size, IntFunction<T> element) {
    this.size = size;
    this.element = element;
  }

  @Override
  public T get(int index) {
    return element.apply(index);
  }

  @Override
  public int size() {
    return size;
  }
}
