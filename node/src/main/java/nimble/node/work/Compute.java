package nimble.node.work;

import java.util.function.BiConsumer;
import nimble.training.role.Outcome;
import nimble.training.role.Task;
import org.jspecify.annotations.Nullable;

/// Runs heavy tasks somewhere else; `done` gets the outcome, or what the task threw.
@FunctionalInterface
public interface Compute {
  void run(Task task, BiConsumer<@Nullable Outcome, @Nullable Throwable> done);
}
