package nimble.node.files;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.vm.Layout;
import nimble.vm.StageSpec;
import nimble.vm.hf.Dtype;
import nimble.vm.hf.StageWeights;
import nimble.vm.training.StateManifest;

/// A stage's checkpoint in a file, as [nimble.training.role.evidence.CheckpointBlob] lays it out:
/// the length and bytes of its manifest, then weights and both moments.
public final class CheckpointFile {
  private static final ValueLayout.OfInt LENGTH =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int SECTIONS = 3;

  private CheckpointFile() {}

  /// The weights in it, mapped: nothing is read yet but the manifest.
  ///
  /// @param arena of the mapping
  public static StageWeights weights(Path file, StageSpec stage, Arena arena)
      throws Malformed, IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment whole = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      long section = (long) Layout.of(stage).count() * Float.BYTES;
      long head = whole.byteSize() - SECTIONS * section;
      if (head < Integer.BYTES || whole.get(LENGTH, 0) != head - Integer.BYTES) {
        throw new Malformed(
            "%s: %d bytes are no checkpoint of this stage".formatted(file, whole.byteSize()));
      }
      MemorySegment counters = whole.asSlice(Integer.BYTES, head - Integer.BYTES);
      Bytes manifest = Bytes.wrap(counters.toArray(ValueLayout.JAVA_BYTE));
      StateManifest contents = Reader.decode(manifest, StateManifest::read);
      if (contents.parameters() != Layout.of(stage).count()) {
        throw new Malformed(
            "%s: %d parameters, the stage has %d"
                .formatted(file, contents.parameters(), Layout.of(stage).count()));
      }
      return new StageWeights(stage, Dtype.F32, whole.asSlice(head, section));
    }
  }
}
