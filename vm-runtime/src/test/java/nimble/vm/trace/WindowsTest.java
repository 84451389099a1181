package nimble.vm.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import nimble.sim.Seeds;
import nimble.vm.Image;
import org.junit.jupiter.api.Test;

final class WindowsTest {
  /// Each way is the other's reverse, for kernels, strides and edges of any kind.
  @Test
  void o6AWindowSeesWhatIsInIt() {
    Seeds.forEach(
        200,
        random -> {
          Image image = new Image(2, random.nextInt(4, 9), random.nextInt(4, 9));
          int kernel = random.nextInt(1, 5);
          Windows windows =
              new Windows(image, kernel, random.nextInt(1, 4), random.nextInt(kernel));
          int seen = 0;
          for (int window = 0; window < windows.plane(); window++) {
            for (int place = 0; place < windows.places(); place++) {
              int at = windows.seen(window, place);
              if (at != Rule.NONE) {
                assertEquals(window, windows.window(at, place));
                seen++;
              }
            }
          }
          for (int at = 0; at < windows.area(); at++) {
            for (int place = 0; place < windows.places(); place++) {
              seen -= windows.window(at, place) == Rule.NONE ? 0 : 1;
            }
          }
          assertEquals(0, seen);
        });
  }
}
