package nimble.training.spec;

import java.util.List;
import nimble.codec.ByteSource;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.types.Hash;
import nimble.vm.ModelSpec;
import nimble.vm.data.DataForm;
import nimble.vm.data.DataSet;

/// What a job trains on.
///
/// @param manifest of its blob
/// @param trainPermille the first part of it that is trained on; the rest is held out
/// @param form how its bytes are read
public record DataSpec(Hash manifest, long sizeBytes, int trainPermille, DataForm form) {
  public static final int SIZE_MAX = 1 << 30;

  public DataSpec {
    Problems.none(problems(sizeBytes, trainPermille));
  }

  /// Text.
  public DataSpec(Hash manifest, long sizeBytes, int trainPermille) {
    this(manifest, sizeBytes, trainPermille, DataForm.TEXT);
  }

  public static List<Problem> problems(long sizeBytes, int trainPermille) {
    Problems problems = new Problems();
    problems.range("data.size", sizeBytes, 1, SIZE_MAX);
    if (trainPermille < 1 || trainPermille >= DataForm.PERMILLE) {
      String split = "0.%03d".formatted(trainPermille);
      problems.that(false, "data.split", split, "between 0.001 and 0.999");
    }
    return problems.list();
  }

  /// What is wrong with such data for that model (J8).
  public List<Problem> problems(ModelSpec model) {
    return form.problems(model, sizeBytes, trainPermille);
  }

  /// The data set that its bytes are.
  public DataSet open(ByteSource bytes, ModelSpec model) {
    return form.open(bytes, sizeBytes, model, trainPermille);
  }

  void write(Writer writer) {
    manifest.write(writer);
    writer.i64(sizeBytes).u16(trainPermille).u8(form.tag());
  }

  static DataSpec read(Reader reader) throws Malformed {
    Hash manifest = Hash.read(reader);
    long sizeBytes = reader.i64();
    int trainPermille = reader.u16();
    int tag = reader.u8();
    DataForm form =
        DataForm.ofTag(tag).orElseThrow(() -> new Malformed("data form tag %d".formatted(tag)));
    Problems.refuse(problems(sizeBytes, trainPermille));
    return new DataSpec(manifest, sizeBytes, trainPermille, form);
  }
}
