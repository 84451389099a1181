package nimble.node.sync;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.consensus.Certificate;
import nimble.consensus.Proposal;
import nimble.consensus.SignerSet;
import nimble.consensus.Vote;
import nimble.crypto.Bls;
import nimble.crypto.Merkle;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.light.EpochStep;
import nimble.node.Forged;
import nimble.node.chain.ChainStore;
import nimble.node.chain.FinalizedChain;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.storage.Batch;
import nimble.storage.Change;
import nimble.storage.Database;
import nimble.storage.Family;
import nimble.storage.NodeSource;
import nimble.storage.StateTree;
import nimble.storage.TreeRoot;
import nimble.storage.TreeStore;
import nimble.storage.mem.MemoryDatabase;
import nimble.types.Hash;
import nimble.types.Height;
import nimble.types.VoteSignature;

/// A chain with some state at some height, final by its validators' votes.
final class Source {
  static final long NOW = 1_800_000_000_000L;
  static final long HEIGHT = 50;
  private static final int VALUE_BYTES = 2_000;

  static final Devnet DEVNET =
      Devnet.create(Bytes.utf8("snapshots"), 4, 1, NOW - 1_000, Parameters.devnet());

  private static final Devnet OTHERS =
      Devnet.create(Bytes.utf8("others"), 4, 1, NOW - 1_000, Parameters.devnet());

  private Source() {}

  static Genesis genesis() {
    return DEVNET.genesis();
  }

  /// @param entries of the state; from some hundreds on it has several parts
  static Database chain(int entries) {
    return chain(entries, List.of(0, 1, 2));
  }

  static Database chain(int entries, List<Integer> signers) {
    return chain(entries, signers, HEIGHT);
  }

  static Database chain(int entries, List<Integer> signers, long height) {
    return chain(entries, signers, height, 0);
  }

  /// @param epochs that have ended, each after a block
  static Database chain(int entries, List<Integer> signers, long height, long epochs) {
    return chain(entries, signers, height, epochs, Long.MAX_VALUE);
  }

  /// @param fork the first epoch of other validators, whom those before have chosen
  static Database chain(int entries, List<Integer> signers, long height, long epochs, long fork) {
    SplittableRandom random = new SplittableRandom(entries);
    SortedMap<Bytes, Optional<Bytes>> state = new TreeMap<>();
    for (int i = 0; i < entries; i++) {
      byte[] value = new byte[VALUE_BYTES];
      random.nextBytes(value);
      state.put(Bytes.ofU64(random.nextLong()), Optional.of(Bytes.wrap(value)));
    }
    Change change = StateTree.update(NodeSource.NONE, TreeRoot.EMPTY, height, state);
    Batch batch = new Batch();
    state.forEach((key, value) -> batch.put(Family.STATE, key, value.orElseThrow()));
    MemoryDatabase database = new MemoryDatabase();
    Header header = header(change.root().hash(), height, epochs, fork);
    new TreeStore(database).putNodes(batch, change);
    for (long epoch = 0; epoch < epochs; epoch++) {
      ChainStore.putStep(batch, step(epoch, fork));
    }
    ChainStore.adopt(
        database,
        genesis(),
        batch,
        header,
        Optional.of(Writer.encode(certificate(header, signers, fork)::write)),
        change);
    return database;
  }

  /// Every epoch has one block.
  static EpochStep step(long epoch) {
    return step(epoch, Long.MAX_VALUE);
  }

  private static EpochStep step(long epoch, long fork) {
    ValidatorSet next = validators(epoch + 1, fork).genesis().validatorSet();
    Header boundary =
        Forged.with(
            header(Hash.ZERO, epoch + 1, epoch, fork), "nextSetHash", Optional.of(next.hash()));
    return new EpochStep(boundary, certificate(boundary, List.of(0, 1, 2), fork), next);
  }

  private static Devnet validators(long epoch, long fork) {
    return epoch < fork ? DEVNET : OTHERS;
  }

  private static Header header(Hash stateRoot, long height, long epoch, long fork) {
    return new Header(
        genesis().chain(),
        epoch,
        height,
        new Height(height),
        Hash.ZERO,
        NOW,
        0,
        new VoteSignature(Bytes.wrap(new byte[VoteSignature.SIZE])),
        Hash.ZERO,
        Block.Body.EMPTY.txRoot(),
        stateRoot,
        Merkle.empty(),
        Block.Body.EMPTY.votesRoot(),
        validators(epoch, fork).genesis().validatorSet().hash(),
        Optional.empty());
  }

  private static Certificate certificate(Header header, List<Integer> signers, long fork) {
    Vote vote =
        new Vote.Finalize(
            new Proposal(header.epoch(), header.view(), header.view() - 1, header.digest()));
    List<VoteSignature> signatures = new ArrayList<>();
    for (int signer : signers) {
      NodeKeys keys = validators(header.epoch(), fork).validators().get(signer);
      signatures.add(keys.vote().sign(vote.preimage(genesis().chain())));
    }
    try {
      return new Certificate(vote, SignerSet.of(signers), Bls.aggregate(signatures));
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  static SnapshotExport.Written export(Database database, Path directory) {
    return SnapshotExport.write(database, new FinalizedChain(database), directory, () -> false)
        .orElseThrow();
  }
}
