package nimble.training.role;

import java.nio.charset.StandardCharsets;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.generation.Sampling;

/// What goes round while a model generates: token ids to the first stage, vectors down the stages,
/// the chosen token back to the gateway.
///
/// @param gateway who asked, and to whom the token goes
/// @param request unique at that gateway
/// @param replica of the stages that it goes through
/// @param turn the token that is being made, from 0; another turn of the same request never has the
///   same name
/// @param fresh the row begins anew with these positions; otherwise they are appended
/// @param sampling how the last stage chooses
public record DecodeTensor(
    JobId job,
    PublicKey gateway,
    long request,
    int replica,
    int turn,
    boolean fresh,
    Kind kind,
    Sampling sampling)
    implements TensorName {
  static final int TAG = 2;
  public static final int TURN_MAX = 1 << 20;

  private static final int REASON_MAX = 256;

  /// Why [Kind#REFUSED] comes when a stage does not know the row (any more).
  public static final String ROW_GONE = "row gone";

  /// What is sent.
  public enum Kind {
    /// Ids (i32, little-endian) to the first stage.
    TOKENS(0),
    /// To the next stage: vectors (fp32, little-endian) of all positions, then their ids.
    HIDDEN(1),
    /// One id (i32, little-endian) to the gateway.
    CHOSEN(2),
    /// No stage can go on; the payload is a reason in UTF-8, to the gateway.
    REFUSED(3),
    /// The gateway is done with the row: passed down, frees it at once.
    RELEASE(4),
    /// All positions of a row once more, in one pass: the [nimble.vm.generation.Row], and from
    /// stage to stage the vectors after it.
    REPLAY(5),
    /// The stage, and what it says of the replay, to the gateway.
    REPLAYED(6),
    /// A promise with its gateway's signature, to the host.
    PROMISE(7),
    /// The stage, and the total of a promise that its host has taken (i64, big-endian), to the
    /// gateway.
    PROMISED(8);

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
        case 5 -> REPLAY;
        case 6 -> REPLAYED;
        case 7 -> PROMISE;
        case 8 -> PROMISED;
        default -> throw new Malformed("unknown kind of decode tensor %d".formatted(tag));
      };
    }
  }

  public DecodeTensor {
    Invariant.check(turn >= 0 && turn <= TURN_MAX, "turn %d", turn);
    Invariant.check(replica >= 0 && replica <= 0xff, "replica %d", replica);
  }

  /// To the gateway, rather than to a miner.
  public boolean toGateway() {
    return switch (kind) {
      case CHOSEN, REFUSED, REPLAYED, PROMISED -> true;
      case TOKENS, HIDDEN, RELEASE, REPLAY, PROMISE -> false;
    };
  }

  /// The text of [Kind#REFUSED], cut to a length that suits a log; bytes that are no UTF-8 do no
  /// harm.
  public static String reason(Bytes payload) {
    Bytes text = payload.slice(0, Math.min(payload.size(), REASON_MAX));
    return new String(text.toArray(), StandardCharsets.UTF_8);
  }

  /// The same turn of the same request, of another kind.
  public DecodeTensor as(Kind other) {
    return new DecodeTensor(job, gateway, request, replica, turn, fresh, other, sampling);
  }

  @Override
  public void write(Writer writer) {
    job.write(writer.u8(TAG));
    gateway.write(writer);
    writer.u64(request).u8(replica).u32(turn).bool(fresh).u8(kind.tag);
    sampling.write(writer);
  }

  static DecodeTensor readFields(Reader reader) throws Malformed {
    return new DecodeTensor(
        JobId.read(reader),
        PublicKey.read(reader),
        reader.u64(),
        reader.u8(),
        reader.length(TURN_MAX),
        reader.bool(),
        Kind.of(reader.u8()),
        Sampling.read(reader));
  }
}
