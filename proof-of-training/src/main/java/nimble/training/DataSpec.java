package nimble.training;

import java.util.List;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.vm.Problem;

/// The text a job trains on.
///
/// @param manifest of its blob
/// @param trainPermille the first part of it that is trained on; the rest is held out
public record DataSpec(Hash manifest, long sizeBytes, int trainPermille) {
  public static final int SIZE_MAX = 1 << 30;
  public static final int PERMILLE = 1_000;

  public DataSpec {
    Checks.none(problems(sizeBytes, trainPermille));
  }

  public static List<Problem> problems(long sizeBytes, int trainPermille) {
    return new Checks()
        .range("data.size", sizeBytes, 1, SIZE_MAX)
        .that(
            trainPermille >= 1 && trainPermille < PERMILLE,
            "data.split",
            "0.%03d".formatted(trainPermille),
            "between 0.001 and 0.999")
        .list();
  }

  /// Where the held-out part begins (J8).
  public int trainBytes() {
    return (int) (sizeBytes * trainPermille / PERMILLE);
  }

  void write(Writer writer) {
    manifest.write(writer);
    writer.i64(sizeBytes).u16(trainPermille);
  }

  static DataSpec read(Reader reader) throws Malformed {
    Hash manifest = Hash.read(reader);
    long sizeBytes = reader.i64();
    int trainPermille = reader.u16();
    Checks.refuse(problems(sizeBytes, trainPermille));
    return new DataSpec(manifest, sizeBytes, trainPermille);
  }
}
