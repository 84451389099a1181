package nimble.training.role.miner;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import nimble.blob.Blob;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.training.role.EvidenceName;
import nimble.training.role.MinerEffect;
import nimble.training.role.SendTensor;
import nimble.training.role.evidence.BlobName;
import nimble.training.role.evidence.RoundIndex;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What this miner has on its shelf (R18): one thing is put there at a time, in order, and a
/// document after all that it speaks of.
final class Archive {
  /// Answers that one peer gets between two blocks.
  static final int ANSWERS_MAX = 16;

  /// What waits for the disk; the miner computes no further while there is more.
  static final long WAITING_BYTES_MAX = 256L << 20;

  private sealed interface Put {
    ShelfGroup group();

    record OfBlob(ShelfGroup group, Blob blob) implements Put {}

    record OfDocument(ShelfGroup group, Bytes contents) implements Put {}
  }

  private final boolean withholds;
  private final Deque<Put> waiting = new ArrayDeque<>();
  private final SortedSet<ShelfGroup> groups = new TreeSet<>();
  private final SortedMap<ShelfGroup, Bytes> documents = new TreeMap<>();
  private final SortedMap<PublicKey, Integer> answers = new TreeMap<>();
  private final List<MinerEffect> effects = new ArrayList<>();
  private long waitingBytes;
  private boolean busy;
  private boolean full;

  /// @param withholds rounds are not kept, and nobody is answered
  Archive(boolean withholds) {
    this.withholds = withholds;
  }

  /// What an earlier process left.
  void found(SortedMap<ShelfGroup, Optional<Bytes>> kept) {
    groups.addAll(kept.keySet());
    kept.forEach((group, document) -> document.ifPresent(bytes -> documents.put(group, bytes)));
  }

  void keep(ShelfGroup group, Blob blob) {
    put(new Put.OfBlob(group, blob));
  }

  /// Its group is whole once this is done.
  void write(ShelfGroup group, Bytes document) {
    put(new Put.OfDocument(group, document));
  }

  /// Whether the group is on the shelf, whole.
  boolean has(ShelfGroup group) {
    return documents.containsKey(group);
  }

  /// Of a group that is whole.
  Optional<RoundIndex> index(ShelfGroup round) {
    return Optional.ofNullable(documents.get(round))
        .flatMap(bytes -> read(bytes, from -> Reader.decode(from, RoundIndex::read)));
  }

  Optional<StateName> state(ShelfGroup state) {
    return Optional.ofNullable(documents.get(state))
        .flatMap(bytes -> read(bytes, StateName::decode));
  }

  /// The group of a state, by the name of its blob.
  Optional<ShelfGroup> holding(BlobName blob) {
    return whole()
        .filter(group -> group.kind() == ShelfGroup.Kind.STATE)
        .filter(group -> state(group).filter(it -> it.blob().equals(blob)).isPresent())
        .findFirst();
  }

  /// A state of `round` with that root, in the newest attempt.
  Optional<ShelfGroup> state(StageSlot slot, int round, Hash root) {
    return whole()
        .filter(group -> group.kind() == ShelfGroup.Kind.STATE)
        .filter(group -> group.slot().equals(slot) && group.round() == round)
        .filter(group -> state(group).filter(it -> it.root().equals(root)).isPresent())
        .reduce((older, newer) -> newer);
  }

  /// Something will be gathered into the group.
  void expect(ShelfGroup group) {
    groups.add(group);
  }

  /// Groups that are whole.
  Stream<ShelfGroup> whole() {
    return documents.keySet().stream();
  }

  /// Nothing goes in any more, or too slowly.
  boolean isFull() {
    return full || waitingBytes > WAITING_BYTES_MAX;
  }

  /// The answer to the one put that is outside.
  ///
  /// @param kept false when there was no room
  void answered(boolean kept) {
    busy = false;
    full = !kept;
    if (kept) {
      Put done = waiting.removeFirst();
      waitingBytes -= size(done);
      if (done instanceof Put.OfDocument(ShelfGroup group, Bytes contents)
          && groups.contains(group)) {
        documents.put(group, contents);
      }
    }
  }

  /// A block later there may be room, and peers may ask again.
  void blockPassed(Predicate<ShelfGroup> needed) {
    for (ShelfGroup group : List.copyOf(groups)) {
      if (!needed.test(group)) {
        groups.remove(group);
        documents.remove(group);
        effects.add(new MinerEffect.DropEvidence(group.name()));
      }
    }
    Optional<Put> outside = busy ? Optional.of(waiting.removeFirst()) : Optional.empty();
    waiting.removeIf(put -> !groups.contains(put.group()));
    outside.ifPresent(waiting::addFirst);
    waitingBytes = waiting.stream().mapToLong(Archive::size).sum();
    full = false;
    answers.clear();
  }

  /// What a peer gets for its question; nothing when it asks too much.
  Optional<SendTensor> answer(PublicKey from, EvidenceName asked) {
    if (withholds || answers.merge(from, 1, Integer::sum) > ANSWERS_MAX) {
      return Optional.empty();
    }
    if (asked.kind() == EvidenceName.Kind.ASK_SHARDS) {
      ShelfGroup group = ShelfGroup.shards(asked.slot(), asked.attempt(), asked.audit());
      return Optional.ofNullable(documents.get(group))
          .map(list -> new SendTensor(from, asked.as(EvidenceName.Kind.SHARDS), list));
    }
    Bytes index = documents.get(ShelfGroup.round(asked.slot(), asked.attempt(), asked.round()));
    return Optional.of(
        index == null
            ? new SendTensor(from, asked.as(EvidenceName.Kind.NONE), Bytes.EMPTY)
            : new SendTensor(from, asked.as(EvidenceName.Kind.INDEX), index));
  }

  List<MinerEffect> effects() {
    if (!busy && !full && !waiting.isEmpty()) {
      busy = true;
      effects.add(
          switch (waiting.getFirst()) {
            case Put.OfBlob(ShelfGroup group, Blob blob) ->
                new MinerEffect.KeepEvidence(group.name(), blob.manifest(), blob.chunks());
            case Put.OfDocument(ShelfGroup group, Bytes contents) ->
                new MinerEffect.WriteEvidence(group.name(), contents);
          });
    }
    List<MinerEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }

  private void put(Put put) {
    groups.add(put.group());
    if (withholds && put.group().kind() == ShelfGroup.Kind.ROUND) {
      pretend(put);
      return;
    }
    waiting.addLast(put);
    waitingBytes += size(put);
  }

  private void pretend(Put put) {
    if (put instanceof Put.OfDocument(ShelfGroup group, Bytes contents)) {
      documents.put(group, contents);
    }
  }

  private static long size(Put put) {
    return switch (put) {
      case Put.OfBlob(var _, Blob blob) -> blob.manifest().size();
      case Put.OfDocument(var _, Bytes contents) -> contents.size();
    };
  }

  private interface Decoder<T> {
    T decode(Bytes bytes) throws Malformed;
  }

  /// A document that cannot be read is as good as none.
  private static <T> Optional<T> read(Bytes bytes, Decoder<T> decoder) {
    try {
      return Optional.of(decoder.decode(bytes));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }
}
