package nimble.node.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearestTest {
  private static final List<String> KNOWN = List.of("batch", "steps", "learningRate");

  @Test
  void namesWhatWasMeant() {
    assertEquals(", did you mean 'batch'?", Nearest.hint("bacth", KNOWN));
    assertEquals(", did you mean 'learningRate'?", Nearest.hint("learningrate", KNOWN));
  }

  @Test
  void guessesNothingFarAway() {
    assertEquals("", Nearest.hint("hyperparameters", KNOWN));
  }
}
