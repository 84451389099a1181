package nimble.training.role;

import java.nio.charset.StandardCharsets;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// What goes round while a model generates: token ids to the first stage, vectors down the stages,
/// the chosen token back to the gateway.
///
/// @param gateway who asked, and to whom the token goes
/// @param request unique at that gateway
/// @param turn the token that is being made, from 0; another turn of the same request never has the
///   same name
/// @param fresh the row begins anew with these positions; otherwise they are appended
/// @param sampling how the last stage chooses
public record DecodeTensor(
    JobId job,
    PublicKey gateway,
    long request,
    int turn,
    boolean fresh,
    Kind kind,
    Sampling sampling)
    implements TensorName {
  static final int TAG = 2;
  public static final int TURN_MAX = 1 << 20;

  private static final int REASON_MAX = 256;

  /// Why [Kind#REFUSED] comes when a stage does not know the row (any more).
  static final String ROW_GONE = "row gone";

  /// What is sent.
  public enum Kind {
    /// Ids (i32, little-endian) to the first stage.
    TOKENS(0),
    /// Vectors (fp32, little-endian) to the next stage.
    HIDDEN(1),
    /// One id (i32, little-endian) to the gateway.
    CHOSEN(2),
    /// No stage can go on; the payload is a reason in UTF-8, to the gateway.
    REFUSED(3),
    /// The gateway is done with the row: passed down, frees it at once.
    RELEASE(4);

    private final int tag;

    Kind(int tag) {
      this.tag = tag;
    }

    private static Kind of(int tag) throws Malformed {
      return switch (tag) {
        case 0 -> TOKENS;
        case 1 -> HIDDEN;
        case 2 -> CHOSEN;
        case 3 -> REFUSED;
        case 4 -> RELEASE;
        default -> throw new Malformed("unknown kind of decode tensor %d".formatted(tag));
      };
    }
  }

  /// How a token is drawn from the head's outputs.
  ///
  /// @param temperatureMilli thousandths; 0 takes the largest
  /// @param seed of the draws
  public record Sampling(int temperatureMilli, long seed) {
    public static final int TEMPERATURE_MILLI_MAX = 100_000;

    public Sampling {
      Invariant.check(
          temperatureMilli >= 0 && temperatureMilli <= TEMPERATURE_MILLI_MAX,
          "temperature %d",
          temperatureMilli);
    }
  }

  public DecodeTensor {
    Invariant.check(turn >= 0 && turn <= TURN_MAX, "turn %d", turn);
  }

  /// To the gateway, rather than to a miner.
  public boolean toGateway() {
    return kind == Kind.CHOSEN || kind == Kind.REFUSED;
  }

  /// The text of [Kind#REFUSED], cut to a length that suits a log; bytes that are no UTF-8 do no
  /// harm.
  static String reason(Bytes payload) {
    Bytes text = payload.slice(0, Math.min(payload.size(), REASON_MAX));
    return new String(text.toArray(), StandardCharsets.UTF_8);
  }

  DecodeTensor as(Kind other) {
    return new DecodeTensor(job, gateway, request, turn, fresh, other, sampling);
  }

  @Override
  public void write(Writer writer) {
    job.write(writer.u8(TAG));
    gateway.write(writer);
    writer.u64(request).u32(turn).bool(fresh).u8(kind.tag);
    writer.u32(sampling.temperatureMilli).u64(sampling.seed);
  }

  static DecodeTensor readFields(Reader reader) throws Malformed {
    return new DecodeTensor(
        JobId.read(reader),
        PublicKey.read(reader),
        reader.u64(),
        reader.length(TURN_MAX),
        reader.bool(),
        Kind.of(reader.u8()),
        new Sampling(reader.length(Sampling.TEMPERATURE_MILLI_MAX), reader.u64()));
  }
}
