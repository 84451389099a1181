package nimble.consensus.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// An append-only log of checksummed frames that forgets what was not synced, and may keep a torn
/// part of it.
public final class Disk {
  private static final int FRAME_MAX = 4_096;

  private final List<Bytes> pieces = new ArrayList<>();
  private int synced;

  public void append(Bytes content) {
    pieces.add(Writer.encode(to -> to.bytes(content, FRAME_MAX).u32(checksum(content))));
  }

  public void sync() {
    synced = pieces.size();
  }

  /// Power is lost: any prefix of the unsynced suffix may remain.
  public void crash(SplittableRandom random) {
    List<Bytes> unsynced = pieces.subList(synced, pieces.size());
    Bytes suffix = Bytes.concat(unsynced.toArray(Bytes[]::new));
    unsynced.clear();
    pieces.add(suffix.slice(0, random.nextInt(suffix.size() + 1)));
    sync();
  }

  public void wipe() {
    pieces.clear();
    sync();
  }

  public Bytes contents() {
    return Bytes.concat(pieces.toArray(Bytes[]::new));
  }

  /// The whole frames; a torn tail is cut off.
  public List<Bytes> replay() {
    List<Bytes> frames = replay(contents());
    wipe();
    frames.forEach(this::append);
    sync();
    return frames;
  }

  public static List<Bytes> replay(Bytes log) {
    List<Bytes> frames = new ArrayList<>();
    Reader reader = new Reader(log);
    try {
      while (reader.remaining() > 0) {
        Bytes content = reader.bytes(FRAME_MAX);
        Invariant.check(reader.u32() == checksum(content), "frame %d is corrupt", frames.size());
        frames.add(content);
      }
    } catch (Malformed torn) {
      return frames;
    }
    return frames;
  }

  private static long checksum(Bytes content) {
    CRC32C crc = new CRC32C();
    crc.update(content.asBuffer());
    return crc.getValue();
  }
}
