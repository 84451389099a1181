package nimble.light;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.Header;
import nimble.chain.Receipt;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.consensus.Certificate;
import nimble.consensus.Proposal;
import nimble.consensus.SignerSet;
import nimble.consensus.Vote;
import nimble.crypto.Bls;
import nimble.crypto.Hashing;
import nimble.crypto.Merkle;
import nimble.crypto.VoteSigningKey;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.state.StateHash;
import nimble.state.StateProof;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Height;
import nimble.types.PublicKey;
import nimble.types.VoteSignature;

/// A small chain with real votes: epoch e has validators `e .. e + size - 1` of an endless row.
final class Chain {
  static final ChainId ID = new ChainId("light-test");
  static final long STAKE = 1_000 * Parameters.NIM;
  static final List<Bytes> ENTRIES =
      List.of(Bytes.utf8("first"), Bytes.utf8("second"), Bytes.utf8("third"));
  static final List<Receipt> RECEIPTS =
      List.of(
          new Receipt(1, new Receipt.Outcome.Applied(Optional.empty())),
          new Receipt(2, new Receipt.Outcome.Rejected("no money")),
          new Receipt(3, new Receipt.Outcome.Applied(Optional.empty())));
  static final SortedMap<Bytes, Bytes> STATE =
      new TreeMap<>(
          Map.of(
              Bytes.utf8("a"), Bytes.utf8("1"),
              Bytes.utf8("b"), Bytes.utf8("2"),
              Bytes.utf8("c"), Bytes.utf8("3")));
  private static final VoteSignature SIGMA =
      new VoteSignature(Bytes.wrap(new byte[VoteSignature.SIZE]));

  private final int size;

  Chain(int size) {
    this.size = size;
  }

  private static Bytes filled(int length, long value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) (value + 1));
    return Bytes.wrap(bytes);
  }

  private static VoteSigningKey key(long number) {
    return VoteSigningKey.fromSeed(filled(VoteSigningKey.SEED_SIZE, number));
  }

  ValidatorSet set(long epoch) {
    List<ValidatorSet.Validator> validators = new ArrayList<>();
    for (long i = epoch; i < epoch + size; i++) {
      validators.add(
          new ValidatorSet.Validator(
              new Address(filled(Address.SIZE, i)),
              new PublicKey(filled(PublicKey.SIZE, i)),
              key(i).voteKey(),
              STAKE,
              STAKE));
    }
    return new ValidatorSet(validators);
  }

  Genesis genesis() {
    List<ValidatorSet.Validator> validators = set(0).validators();
    return new Genesis(
        ID,
        "tnim",
        1_000,
        Hash.ZERO,
        0,
        Parameters.devnet(),
        validators.stream()
            .map(it -> new Genesis.GenesisValidator(it.account(), it.hotKey(), it.voteKey(), SIGMA))
            .toList(),
        validators.stream()
            .map(it -> new Genesis.GenesisAccount(it.account(), 0, 0, STAKE))
            .toList());
  }

  /// Ten blocks an epoch; the last one of an epoch names the next set.
  Header header(long height) {
    return header(height, Hashing.of("parent", Bytes.ofU64(height)));
  }

  Header header(long height, Hash parent) {
    long epoch = height / 10;
    boolean last = height % 10 == 9;
    return new Header(
        ID,
        epoch,
        height % 10 + 1,
        new Height(height),
        parent,
        height * 1_000,
        0,
        SIGMA,
        Hash.ZERO,
        Merkle.root(ENTRIES),
        root(),
        Merkle.root(RECEIPTS.stream().map(Receipt::encode).toList()),
        Merkle.empty(),
        set(epoch).hash(),
        last ? Optional.of(set(epoch + 1).hash()) : Optional.empty());
  }

  Certificate certificate(Header header) {
    return certificate(header.epoch(), header.view(), header, all());
  }

  List<Integer> all() {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      all.add(i);
    }
    return all;
  }

  /// Finalize votes by some of the validators of an epoch.
  Certificate certificate(long epoch, long view, Header header, List<Integer> signers) {
    return certificate(
        new Vote.Finalize(new Proposal(header.epoch(), view, 0, header.digest())),
        ID,
        epoch,
        signers);
  }

  Certificate certificate(Vote vote, ChainId chain, long epoch, List<Integer> signers) {
    try {
      return new Certificate(
          vote,
          SignerSet.of(signers),
          Bls.aggregate(
              signers.stream().map(it -> key(epoch + it).sign(vote.preimage(chain))).toList()));
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  Finality finality(long height) {
    return Finality.direct(header(height), certificate(header(height)));
  }

  EpochStep step(long epoch) {
    Header boundary = header(epoch * 10 + 9);
    return new EpochStep(boundary, certificate(boundary), set(epoch + 1));
  }

  Verifier at(long epoch) throws Malformed {
    Verifier verifier = Verifier.of(genesis());
    while (verifier.epoch() < epoch) {
      verifier = verifier.follow(step(verifier.epoch()));
    }
    return verifier;
  }

  /// A slow second implementation of the state's commitment (nimble.state, R1 to R5).
  static Hash root() {
    return root(leaves(), 0);
  }

  private static SortedMap<Hash, Bytes> leaves() {
    SortedMap<Hash, Bytes> leaves = new TreeMap<>();
    STATE.forEach((key, value) -> leaves.put(StateHash.path(key), value));
    return leaves;
  }

  private static Hash root(SortedMap<Hash, Bytes> leaves, int depth) {
    if (leaves.isEmpty()) {
      return StateHash.EMPTY;
    }
    if (leaves.size() == 1) {
      return StateHash.leaf(leaves.firstKey(), StateHash.value(leaves.values().iterator().next()));
    }
    return StateHash.node(
        root(half(leaves, depth, 0), depth + 1), root(half(leaves, depth, 1), depth + 1));
  }

  private static SortedMap<Hash, Bytes> half(SortedMap<Hash, Bytes> leaves, int depth, int side) {
    SortedMap<Hash, Bytes> half = new TreeMap<>(leaves);
    half.keySet().removeIf(path -> StateHash.bit(path, depth) != side);
    return half;
  }

  static StateClaim claim(Bytes key) {
    Hash path = StateHash.path(key);
    List<Hash> siblings = new ArrayList<>();
    SortedMap<Hash, Bytes> leaves = leaves();
    while (leaves.size() > 1) {
      int side = StateHash.bit(path, siblings.size());
      siblings.add(root(half(leaves, siblings.size(), 1 - side), siblings.size() + 1));
      leaves = half(leaves, siblings.size() - 1, side);
    }
    StateProof.Ending ending;
    if (leaves.isEmpty()) {
      ending = new StateProof.Vacant();
    } else if (leaves.firstKey().equals(path)) {
      ending = new StateProof.Present(leaves.values().iterator().next());
    } else {
      ending =
          new StateProof.Other(
              leaves.firstKey(), StateHash.value(leaves.values().iterator().next()));
    }
    return new StateClaim(key, new StateProof(ending, siblings));
  }
}
