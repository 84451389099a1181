package nimble.storage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.FuzzTarget;
import org.junit.jupiter.api.Test;

/// What of this module is read from files, and from sockets when a state is fetched.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.of("LogEntry", LogEntry::read, LogEntry::write),
          FuzzTarget.of("TreeNode", TreeNode::read, TreeNode::write),
          FuzzTarget.of("NodeKey", NodeKey::read, NodeKey::write),
          FuzzTarget.of("StateCut", StateCut::read, StateCut::write),
          FuzzTarget.through("StatePart", input -> StatePart.decode(input).encode()),
          FuzzTarget.of("TreeRoot", TreeRoot::read, TreeRoot::write),
          FuzzTarget.through("SegmentHeader", FuzzTest::header),
          FuzzTarget.through("Segment", FuzzTest::segment),
          FuzzTarget.through("Frame", FuzzTest::frame));

  /// Reads the head of a file, whatever follows.
  private static Bytes header(Bytes input) throws Malformed {
    SegmentHeader header = SegmentHeader.decode(input);
    return Bytes.concat(header.encode(), input.slice(SegmentHeader.BYTES, input.size()));
  }

  /// A damaged file stops the node with the one exception that says so.
  private static Bytes segment(Bytes input) {
    try {
      Segment segment = Segment.read(Segment.name(sequence(input)), input);
      List<LogEntry> entries = new ArrayList<>(segment.entries());
      if (segment.end() > input.size() || entries.size() > input.size()) {
        throw new AssertionError("more than the file holds: " + segment);
      }
    } catch (StorageFailure expected) {
      // What most bytes are.
    }
    return input;
  }

  private static long sequence(Bytes input) {
    return input.size() < 13 ? 0 : Math.max(0, input.u64At(5));
  }

  private static Bytes frame(Bytes input) {
    ByteBuffer file = input.asBuffer();
    Optional<Frame> frame = Frame.at(file, 7, 0);
    return frame
        .map(it ->
            Bytes.concat(Frame.encode(7, 0, it.payload()), input.slice(it.end(), input.size())))
        .orElse(input);
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}
