package nimble.training.role;

/// A computation of one stage. The driver runs it on a platform thread of its fixed pool, gives
/// what it returns back as an input, and tells the actor when it throws (R2).
@FunctionalInterface
public interface Task {
  Outcome run();
}
