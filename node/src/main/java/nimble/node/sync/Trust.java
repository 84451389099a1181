package nimble.node.sync;

import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.consensus.Certificate;
import nimble.consensus.Committee;
import nimble.consensus.Vote;
import nimble.crypto.VoteKeyRing;
import nimble.genesis.Genesis;
import nimble.types.Hash;

/// What a node believes before it has anything: its genesis, and perhaps one block of the chain
/// (S2).
public record Trust(Genesis genesis, Optional<Checkpoint> checkpoint) {
  /// A block that the operator knows from elsewhere.
  public record Checkpoint(long height, Hash digest) {
    /// `HEIGHT:HASH`.
    public static Checkpoint parse(String text) throws Malformed {
      int colon = text.indexOf(':');
      if (colon < 1 || !text.substring(0, colon).matches("[0-9]{1,18}")) {
        throw new Malformed("'%s' is not HEIGHT:HASH".formatted(text));
      }
      return new Checkpoint(
          Long.parseLong(text.substring(0, colon)), hash(text.substring(colon + 1)));
    }

    private static Hash hash(String hex) throws Malformed {
      if (!hex.matches("[0-9a-fA-F]{64}")) {
        throw new Malformed("'%s' is not a hash of 64 hexadecimal digits".formatted(hex));
      }
      return new Hash(Bytes.wrap(HexFormat.of().parseHex(hex)));
    }

    private boolean is(Header header) {
      return header.height().value() == height && header.digest().equals(digest);
    }
  }

  /// Malformed says why this snapshot proves nothing.
  public void check(Snapshot snapshot) throws Malformed {
    Header header = snapshot.header();
    if (!snapshot.cut().root().equals(header.stateRoot())) {
      throw new Malformed("its parts are not the state of block %s".formatted(header.height()));
    }
    checkCheckpoint(snapshot);
    ValidatorSet set = walk(snapshot);
    if (header.epoch() != snapshot.ends().size() || !header.setHash().equals(set.hash())) {
      throw new Malformed("block %s has other validators".formatted(header.height()));
    }
    Header top = header;
    for (Header next : snapshot.cover()) {
      if (!next.parent().equals(top.digest()) || next.epoch() != header.epoch()) {
        throw new Malformed("block %s does not follow".formatted(next.height()));
      }
      top = next;
    }
    check(top, snapshot.certificate(), set);
  }

  /// The validators of the snapshot's epoch.
  private ValidatorSet walk(Snapshot snapshot) throws Malformed {
    ValidatorSet set = genesis.validatorSet();
    List<Snapshot.EpochEnd> ends = snapshot.ends();
    for (int epoch = 0; epoch < ends.size(); epoch++) {
      Snapshot.EpochEnd end = ends.get(epoch);
      Header header = end.header();
      if (header.epoch() != epoch
          || !header.setHash().equals(set.hash())
          || !header.nextSetHash().equals(Optional.of(end.next().hash()))) {
        throw new Malformed("epoch %d does not end with block %s".formatted(epoch, header.height()));
      }
      check(header, end.certificate(), set);
      set = end.next();
    }
    return set;
  }

  /// Old keys can sign another past, but none that leads to a block the operator knows.
  private void checkCheckpoint(Snapshot snapshot) throws Malformed {
    boolean leadsOver =
        checkpoint.isEmpty()
            || Stream.concat(
                    Stream.of(snapshot.header()),
                    snapshot.ends().stream().map(Snapshot.EpochEnd::header))
                .anyMatch(this::isTrusted);
    if (!leadsOver) {
      throw new Malformed(
          "it does not lead over the trusted block %d; trust the last block of an epoch, or the"
                  .formatted(checkpoint.orElseThrow().height())
              + " snapshot's own");
    }
  }

  private boolean isTrusted(Header header) {
    return checkpoint.filter(it -> it.is(header)).isPresent();
  }

  private void check(Header header, Certificate certificate, ValidatorSet set) throws Malformed {
    if (!header.chain().equals(genesis.chain())
        || !(certificate.vote() instanceof Vote.Finalize(var proposal))
        || !proposal.digest().equals(header.digest())
        || proposal.epoch() != header.epoch()) {
      throw new Malformed("no certificate finalizes block %s".formatted(header.height()));
    }
    List<Long> weights = set.validators().stream().map(ValidatorSet.Validator::stake).toList();
    Committee committee = new Committee(header.epoch(), weights, Committee.OBSERVER, _ -> 0);
    BitSet signers = new BitSet();
    certificate.signers().indexes().forEach(signers::set);
    VoteKeyRing ring =
        VoteKeyRing.of(set.validators().stream().map(ValidatorSet.Validator::voteKey).toList());
    if (!committee.isQuorum(certificate.signers())
        || !ring.verify(
            signers, certificate.vote().preimage(genesis.chain()), certificate.aggregate())) {
      throw new Malformed("the votes for block %s are false".formatted(header.height()));
    }
  }
}
