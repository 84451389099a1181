package nimble.consensus.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.consensus.Certificate;
import nimble.consensus.SignedVote;
import nimble.consensus.SignerSet;
import nimble.consensus.Vote;
import nimble.types.ChainId;
import nimble.types.VoteSignature;

/// Signatures without secrets: a mixed 64-bit digest of signer and preimage, stretched to 96 bytes.
/// The aggregate is the exclusive or, so it adds up like BLS. Actors sign with their own index
/// only.
final class Keys {
  static final ChainId CHAIN = new ChainId("simulation");

  private Keys() {}

  static SignedVote sign(int signer, Vote vote) {
    return new SignedVote(signer, vote, signature(signer, vote));
  }

  /// What a liar sends instead.
  static SignedVote forge(int signer, Vote vote) {
    return new SignedVote(signer, vote, signature(signer + 1_000, vote));
  }

  static boolean verify(SignedVote vote) {
    return vote.signature().equals(signature(vote.signer(), vote.vote()));
  }

  static boolean verify(Certificate certificate) {
    List<VoteSignature> signatures =
        certificate.signers().indexes().stream()
            .map(signer -> signature(signer, certificate.vote()))
            .toList();
    return !signatures.isEmpty() && certificate.aggregate().equals(aggregate(signatures));
  }

  /// The base and these votes, all verified, as one.
  static Optional<Certificate> sum(Vote vote, Optional<Certificate> base, List<SignedVote> votes) {
    if (votes.isEmpty()) {
      return base;
    }
    List<Integer> signers = new ArrayList<>(votes.stream().map(SignedVote::signer).toList());
    List<VoteSignature> parts = new ArrayList<>(votes.stream().map(SignedVote::signature).toList());
    base.ifPresent(certificate -> {
      signers.addAll(certificate.signers().indexes());
      parts.add(certificate.aggregate());
    });
    return Optional.of(new Certificate(vote, SignerSet.of(signers), aggregate(parts)));
  }

  private static VoteSignature signature(int signer, Vote vote) {
    long state = mix(signer + 1);
    Bytes preimage = vote.preimage(CHAIN);
    for (int i = 0; i < preimage.size(); i++) {
      state = mix(state ^ preimage.at(i));
    }
    ByteBuffer bytes = ByteBuffer.allocate(VoteSignature.SIZE);
    while (bytes.hasRemaining()) {
      state = mix(state);
      bytes.putLong(state);
    }
    return new VoteSignature(Bytes.wrap(bytes.array()));
  }

  private static VoteSignature aggregate(List<VoteSignature> signatures) {
    byte[] sum = new byte[VoteSignature.SIZE];
    for (VoteSignature signature : signatures) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] ^= signature.bytes().at(i);
      }
    }
    return new VoteSignature(Bytes.wrap(sum));
  }

  /// SplitMix64.
  static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
