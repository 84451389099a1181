package nimble.node.signing;

import java.util.Optional;
import java.util.zip.CRC32C;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.consensus.Vote;
import nimble.storage.SegmentDirectory;
import nimble.storage.StorageFailure;

/// Refuses to sign what contradicts the votes before, and remembers in a file what is signed. One
/// owner, one thread.
public final class SigningGuard {
  public static final String FILE = "signed";

  /// Slots do not share a sector, so that a torn write of one leaves the other.
  static final int SLOT_BYTES = 1_024;

  static final int FILE_BYTES = 2 * SLOT_BYTES;
  private static final int CONTENT_MAX = SLOT_BYTES - 16;
  private static final String UNFINISHED = "signed.new";

  private record Slot(long sequence, SigningHistory history) {}

  private final SegmentDirectory directory;
  private long sequence;
  private SigningHistory history;
  private boolean changed;

  private SigningGuard(SegmentDirectory directory, Slot newest) {
    this.directory = directory;
    this.sequence = newest.sequence();
    this.history = newest.history();
  }

  /// Opens the file, or makes an empty one. A file that is damaged is a [StorageFailure]: nobody
  /// knows what was signed.
  public static SigningGuard open(SegmentDirectory directory) {
    if (directory.names().contains(UNFINISHED)) {
      directory.delete(UNFINISHED);
    }
    if (!directory.names().contains(FILE)) {
      SigningGuard guard = new SigningGuard(directory, new Slot(0, SigningHistory.NONE));
      guard.create();
      return guard;
    }
    return new SigningGuard(directory, newest(directory.read(FILE)));
  }

  /// It gets its name when it is whole.
  private void create() {
    directory.create(UNFINISHED, FILE_BYTES);
    directory.write(UNFINISHED, 0, slot(sequence, history));
    directory.sync(UNFINISHED);
    directory.rename(UNFINISHED, FILE);
    directory.syncNames();
  }

  private static Slot newest(Bytes file) {
    if (file.size() != FILE_BYTES) {
      throw new StorageFailure(
          "%s has %d bytes, not %d: it is no longer known what was signed"
              .formatted(FILE, file.size(), FILE_BYTES));
    }
    Optional<Slot> first = read(file.slice(0, SLOT_BYTES));
    Optional<Slot> second = read(file.slice(SLOT_BYTES, FILE_BYTES));
    return first
        .filter(it -> second.isEmpty() || it.sequence() > second.get().sequence())
        .or(() -> second)
        .orElseThrow(
            () -> new StorageFailure(FILE + " is damaged: it is no longer known what was signed"));
  }

  private static Optional<Slot> read(Bytes slot) {
    Reader reader = new Reader(slot);
    try {
      long checksum = reader.u32();
      Bytes content = reader.bytes(CONTENT_MAX);
      if (content.size() < Long.BYTES || checksum != checksum(content)) {
        return Optional.empty();
      }
      return Optional.of(
          new Slot(
              content.u64At(0), SigningHistory.decode(content.slice(Long.BYTES, content.size()))));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  private static Bytes slot(long sequence, SigningHistory history) {
    Bytes content = Bytes.concat(Bytes.ofU64(sequence), history.encode());
    Invariant.check(content.size() <= CONTENT_MAX, "a history of %d bytes", content.size());
    return Writer.encode(writer -> writer.u32(checksum(content)).bytes(content, CONTENT_MAX));
  }

  private static long checksum(Bytes content) {
    CRC32C crc = new CRC32C();
    crc.update(content.asBuffer());
    return crc.getValue();
  }

  public SigningHistory history() {
    return history;
  }

  /// Whether this vote may be signed; if so it counts as signed from here on, and may leave after
  /// the next [#sync] (H6).
  public SigningHistory.Verdict sign(Vote vote) {
    SigningHistory.Verdict verdict = history.judge(vote);
    if (verdict == SigningHistory.Verdict.SIGN) {
      learn(history.with(vote));
    }
    return verdict;
  }

  /// What was signed elsewhere counts too.
  public void learn(SigningHistory other) {
    SigningHistory both = history.with(other);
    changed |= !both.equals(history);
    history = both;
  }

  /// Whether [#sync] has anything to do.
  public boolean hasUnsynced() {
    return changed;
  }

  public void sync() {
    if (changed) {
      sequence++;
      directory.write(FILE, (int) (sequence % 2) * SLOT_BYTES, slot(sequence, history));
      directory.sync(FILE);
      changed = false;
    }
  }
}
