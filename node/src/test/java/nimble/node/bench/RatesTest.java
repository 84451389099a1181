package nimble.node.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class RatesTest {
  @Test
  void b4RoundsAreHeldAgainstTheirNeighbours() {
    Rates ours = new Rates();
    Rates theirs = new Rates();
    // Everything is three times as slow in the second round, for both.
    double[] paces = {1, 1.0 / 3, 1};
    for (double pace : paces) {
      ours.add(new Rates.Sample(120 * pace, 60));
      theirs.add(new Rates.Sample(100 * pace, 80));
    }
    assertEquals(1.2, ours.over(theirs).at("/clock/least").asDouble());
    assertEquals(1.2, ours.over(theirs).at("/clock/most").asDouble());
    assertEquals(0.75, ours.over(theirs).at("/processor/median").asDouble());
    assertEquals(40, ours.json().at("/tokensPerSecond/least").asDouble());
    assertEquals(120, ours.json().at("/tokensPerSecond/median").asDouble());
  }

  @Test
  void onlyWhatGoesOnGrowingGrows() {
    assertTrue(Growth.of(List.of(1L, 2L, 3L, 4L)).isEmpty(), "too few");
    List<Long> fills = List.of(10L, 60L, 90L, 99L, 100L, 100L, 100L, 100L);
    assertEquals(1, Growth.of(fills).orElseThrow());
    List<Long> leaks = LongStream.rangeClosed(1, 60).map(minute -> 100 + minute).boxed().toList();
    assertTrue(Growth.of(leaks).orElseThrow() > SoakBench.GROWTH_MAX);
  }

  @Test
  void aPythonThatIsNotThereIsNoPeer() throws Exception {
    Path script = Path.of("nothing.py");
    assertTrue(PythonPeer.start("/nonexistent/python", script, 1, List.of()).isEmpty());
  }
}
