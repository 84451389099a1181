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
import nimble.node.chain.ChainStore;
import nimble.node.chain.FinalizedChain;
import nimble.node.devnet.Devnet;
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
    Header header = header(change.root().hash(), height);
    new TreeStore(database).putNodes(batch, change);
    ChainStore.adopt(
        database,
        genesis(),
        batch,
        header,
        List.of(),
        Optional.of(Writer.encode(certificate(header, signers)::write)),
        change);
    return database;
  }

  private static Header header(Hash stateRoot, long height) {
    return new Header(
        genesis().chain(),
        0,
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
        genesis().validatorSet().hash(),
        Optional.empty());
  }

  private static Certificate certificate(Header header, List<Integer> signers) {
    Vote vote =
        new Vote.Finalize(new Proposal(0, header.view(), header.view() - 1, header.digest()));
    List<VoteSignature> signatures = new ArrayList<>();
    for (int signer : signers) {
      signatures.add(DEVNET.validators().get(signer).vote().sign(vote.preimage(genesis().chain())));
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
