package nimble.node.sync;

import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.light.EpochStep;
import nimble.node.chain.FinalizedChain;
import nimble.storage.StorageFailure;
import nimble.storage.file.FileSnapshot;

/// How the epochs before a snapshot ended, as files beside its parts: [#STEPS] in each but the
/// last, named by the first.
public final class EpochFiles {
  static final int STEPS = 64;

  private EpochFiles() {}

  /// Takes up to [#STEPS] steps of a way.
  public interface Follower {
    void follow(List<EpochStep> steps) throws Malformed;
  }

  static void write(FinalizedChain chain, long epoch, FileSnapshot.Draft draft) {
    for (long first = 0; first < epoch; first += STEPS) {
      int count = (int) Math.min(STEPS, epoch - first);
      List<EpochStep> steps = chain.steps(first, count);
      if (steps.size() < count) {
        throw new StorageFailure(
            "nothing shows how epoch %d ended".formatted(first + steps.size()));
      }
      draft.epochs(first, encode(steps));
    }
  }

  /// Reads them up to `epoch`, and stops at the first that is missing or false.
  public static void read(FileSnapshot files, long epoch, Follower follower) throws Malformed {
    for (long first = 0; first < epoch; first += STEPS) {
      long from = first;
      Bytes bytes =
          files
              .epochs(from)
              .orElseThrow(
                  () -> new Malformed("its file of the epochs from %d is missing".formatted(from)));
      follower.follow(decode(bytes));
    }
  }

  static Bytes encode(List<EpochStep> steps) {
    return Writer.encode(writer -> writer.list(steps, STEPS, EpochStep::write));
  }

  static List<EpochStep> decode(Bytes bytes) throws Malformed {
    return Reader.decode(bytes, reader -> reader.list(STEPS, EpochStep::read));
  }
}
