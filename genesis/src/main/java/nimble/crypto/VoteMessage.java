package nimble.crypto;

import nimble.codec.Bytes;
import supranational.blst.P2;
import supranational.blst.P2_Affine;

/// What votes are signatures of, as a point of the curve. To find the point is half of signing and
/// a fifth of checking, so who signs and checks one message keeps it. Immutable; any thread may use
/// it.
public final class VoteMessage {
  private final P2_Affine point;

  private VoteMessage(P2_Affine point) {
    this.point = point;
  }

  public static VoteMessage of(Bytes message) {
    return of(message, Bls.SIGNATURE_DST);
  }

  static VoteMessage of(Bytes message, String dst) {
    return new VoteMessage(new P2().hash_to(message.toArray(), dst).to_affine());
  }

  /// Not to be changed.
  P2_Affine point() {
    return point;
  }
}
