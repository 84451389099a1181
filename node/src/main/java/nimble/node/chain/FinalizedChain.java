package nimble.node.chain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.chain.Receipt;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.consensus.Certificate;
import nimble.consensus.Misconduct;
import nimble.consensus.SignedVote;
import nimble.ledger.StateView;
import nimble.light.EpochStep;
import nimble.light.Finality;
import nimble.state.StateProof;
import nimble.storage.Contents;
import nimble.storage.Family;
import nimble.storage.Range;
import nimble.storage.StateTree;
import nimble.storage.StorageFailure;
import nimble.storage.TreeRoot;
import nimble.storage.TreeStore;
import nimble.training.JobEntry;
import nimble.types.Hash;
import nimble.types.JobId;

/// What is final, read from the database. Any thread may read while the replica writes: an answer
/// about one height is whole, and the tip moves between answers. Whatever takes several of them
/// asks for all at one moment ([#still], N16).
public sealed class FinalizedChain implements FinalizedState {
  /// Double votes that are kept at a time.
  public static final int EVIDENCE_MAX = 1_000;

  private static final int RECEIPTS_MAX = Block.TRANSACTIONS_MAX + Block.WORK_CALLS_MAX;

  private final Contents database;
  private final TreeStore tree;

  public FinalizedChain(Contents database) {
    this.database = database;
    this.tree = new TreeStore(database);
  }

  /// The chain at one moment: whatever is read of it belongs to one newest block.
  public static final class Still extends FinalizedChain {
    private Still(Contents database) {
      super(database);
    }

    /// The state after the newest finalized block.
    public StateView state() {
      return liveState();
    }
  }

  /// What `reading` makes of the chain as it is now. It waits for nobody, and keeps nothing of what
  /// it is given.
  public <T> T still(Function<? super Still, T> reading) {
    return database.still(contents -> reading.apply(new Still(contents)));
  }

  @Override
  public <T> T read(Function<StateView, T> reading) {
    return still(now -> reading.apply(now.state()));
  }

  /// Where a transaction stands.
  public record Place(long height, int index) {}

  /// A value, or its absence, and what proves it: the proof holds under the header's state root,
  /// and the certificate finalizes the header.
  public record Proven(
      Bytes key, Optional<Bytes> value, StateProof proof, Header header, Bytes certificate) {}

  /// Height of the newest finalized block.
  public long height() {
    return database
        .get(Family.META, ChainKeys.TIP)
        .map(tip -> tip.u64At(0))
        .orElseThrow(() -> new StorageFailure("the database holds no chain"));
  }

  public boolean isEmpty() {
    return database.get(Family.META, ChainKeys.TIP).isEmpty();
  }

  public Header tip() {
    return header(height()).orElseThrow(() -> new StorageFailure("the newest header is missing"));
  }

  public Optional<Header> header(long height) {
    return read(Family.HEADERS, Bytes.ofU64(height), Header::read);
  }

  public Optional<Block> block(long height) {
    return header(height)
        .flatMap(header ->
            read(Family.BODIES, Bytes.ofU64(height), Block.Body::read)
                .map(body -> new Block(header, body)));
  }

  /// As [#block], the canonical bytes of the whole block, without reading what they say.
  Optional<Bytes> encodedBlock(long height) {
    Bytes key = Bytes.ofU64(height);
    return database
        .get(Family.HEADERS, key)
        .flatMap(
            header -> database.get(Family.BODIES, key).map(body -> Bytes.concat(header, body)));
  }

  /// The oldest block whose body is here, block 0 aside; empty when there is none.
  public OptionalLong oldestBlock() {
    return database
        .scan(
            Family.BODIES,
            Range.between(Bytes.ofU64(bodies().oldest()), Bytes.ofU64(Long.MAX_VALUE), 1))
        .stream()
        .mapToLong(entry -> entry.key().u64At(0))
        .findFirst();
  }

  public List<Receipt> receipts(long height) {
    return read(
            Family.RECEIPTS,
            Bytes.ofU64(height),
            reader -> reader.list(RECEIPTS_MAX, Receipt::read))
        .orElse(List.of());
  }

  public OptionalLong heightOf(Hash digest) {
    return database
        .get(Family.INDEX, ChainKeys.digest(digest))
        .map(value -> OptionalLong.of(value.u64At(0)))
        .orElse(OptionalLong.empty());
  }

  public Optional<Place> transaction(Hash id) {
    return read(
        Family.INDEX,
        ChainKeys.transaction(id),
        reader -> new Place(reader.i64(), (int) reader.u32()));
  }

  /// Events of a job from number `from` on, at most `limit`.
  public List<JobEntry> events(JobId job, long from, int limit) {
    return database
        .scan(
            Family.JOBS,
            Range.between(ChainKeys.event(job, from), ChainKeys.event(job, Long.MAX_VALUE), limit))
        .stream()
        .map(entry -> decode(Family.JOBS, entry.key(), entry.value(), JobEntry::read))
        .toList();
  }

  /// The certificate that finalized the block at `height` directly; a block finalized as an
  /// ancestor has none of its own.
  public Optional<Bytes> certificate(long height) {
    return database.get(Family.META, ChainKeys.certificate(height));
  }

  /// What proves the block at `height` final to who knows the validators of its epoch (Y4); empty
  /// when nothing here does yet.
  public Optional<Finality> finality(long height) {
    List<Header> headers = new ArrayList<>();
    for (long at = height; headers.size() < Finality.HEADERS_MAX; at++) {
      Optional<Header> header = header(at);
      if (header.isEmpty()) {
        break;
      }
      headers.add(header.get());
      Optional<Certificate> votes = votes(at);
      if (votes.isPresent()) {
        return Optional.of(new Finality(headers, votes.get()));
      }
    }
    return Optional.empty();
  }

  /// How epoch `from` and at most `limit` in all ended, as far as they have (Y5). What ends an
  /// epoch always has votes of its own.
  public List<EpochStep> steps(long from, int limit) {
    List<EpochStep> steps = new ArrayList<>();
    Optional<EpochStep> step = step(from);
    while (step.isPresent() && steps.size() < limit) {
      steps.add(step.get());
      step = step(from + steps.size());
    }
    return steps;
  }

  private Optional<EpochStep> step(long epoch) {
    return Optional.of(epoch)
        .filter(it -> it < Long.MAX_VALUE)
        .flatMap(it -> epoch(it + 1))
        .flatMap(start ->
            votes(start.last().height().value())
                .map(votes -> new EpochStep(start.last(), votes, start.set())));
  }

  private Optional<Certificate> votes(long height) {
    return read(Family.META, ChainKeys.certificate(height), Certificate::read);
  }

  /// What finalized the newest block; empty at genesis.
  public Optional<Certificate> tipCertificate() {
    return votes(height());
  }

  /// Double votes that this node has seen and checked, by epoch; at most `limit` (N8).
  public List<Misconduct.Votes> evidence(int limit) {
    return database.scan(Family.META, Range.prefix(ChainKeys.evidence(), limit)).stream()
        .map(entry ->
            decode(
                Family.META,
                entry.key(),
                entry.value(),
                reader -> new Misconduct.Votes(SignedVote.read(reader), SignedVote.read(reader))))
        .toList();
  }

  /// How an epoch began; empty when none of its blocks can be final yet (N5).
  public Optional<EpochStart> epoch(long number) {
    return read(
        Family.META,
        ChainKeys.epoch(number),
        reader -> {
          long last = reader.i64();
          ValidatorSet set = ValidatorSet.read(reader);
          return new EpochStart(
              number,
              header(last).orElseThrow(() -> new StorageFailure("no header at height " + last)),
              set);
        });
  }

  /// The epoch that the next block belongs to.
  public EpochStart runningEpoch() {
    Header tip = tip();
    long number = tip.nextSetHash().isPresent() ? tip.epoch() + 1 : tip.epoch();
    return epoch(number)
        .orElseThrow(() -> new StorageFailure("no validators of epoch %d".formatted(number)));
  }

  /// The state after whatever block is the newest at each look: for the one who writes, and where
  /// nobody writes meanwhile. Others would see parts of two blocks.
  public StateView liveState() {
    return key -> database.get(Family.STATE, key);
  }

  TreeStore tree() {
    return tree;
  }

  Bodies bodies() {
    return new Bodies(database);
  }

  /// Proves `key` under the newest finalized header.
  public Proven prove(Bytes key) {
    Header header = tip();
    long height = header.height().value();
    TreeRoot root =
        tree.root(height).orElseThrow(() -> new StorageFailure("no state root at " + height));
    StateProof proof =
        StateTree.prove(tree, root, key)
            .orElseThrow(() -> new StorageFailure("the state at %d is pruned".formatted(height)));
    try {
      return new Proven(
          key,
          proof.verify(header.stateRoot(), key),
          proof,
          header,
          certificate(height).orElse(Bytes.EMPTY));
    } catch (Malformed e) {
      throw new StorageFailure("the state tree at %d is damaged".formatted(height), e);
    }
  }

  private <T> Optional<T> read(Family family, Bytes key, Reader.Decoder<T> decoder) {
    return database.get(family, key).map(bytes -> decode(family, key, bytes, decoder));
  }

  private static <T> T decode(Family family, Bytes key, Bytes bytes, Reader.Decoder<T> decoder) {
    try {
      return Reader.decode(bytes, decoder);
    } catch (Malformed e) {
      throw new StorageFailure(
          "%s at %s is damaged: %s".formatted(family.label(), key, e.reason()), e);
    }
  }
}
