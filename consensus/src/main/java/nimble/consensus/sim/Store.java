package nimble.consensus.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.consensus.Proposal;
import nimble.consensus.Vote;
import nimble.consensus.VoteRecord;
import nimble.types.Hash;

/// One node's disk and the payloads it holds. A frame is a vote record behind a 0, or the digest of
/// a payload's body behind a 1.
final class Store {
  private final Disk disk = new Disk();
  private final LinkedHashMap<Hash, Payload> held = new LinkedHashMap<>();
  private final LinkedHashMap<Hash, Payload> durable = new LinkedHashMap<>();
  private final LinkedHashSet<Vote> durableVotes = new LinkedHashSet<>();
  private final List<VoteRecord> unsynced = new ArrayList<>();
  private final List<Proposal> storing = new ArrayList<>();

  void hold(Payload payload) {
    held.put(payload.digest(), payload);
  }

  Optional<Payload> held(Hash digest) {
    return Optional.ofNullable(held.get(digest));
  }

  boolean isDurable(Hash digest) {
    return durable.containsKey(digest);
  }

  boolean isDurable(Vote vote) {
    return durableVotes.contains(vote);
  }

  void append(VoteRecord record) {
    unsynced.add(record);
    disk.append(Writer.encode(to -> record.write(to.u8(0))));
  }

  /// The body of this proposal's payload is durable with the next sync.
  void store(Proposal proposal) {
    storing.add(proposal);
    disk.append(Writer.encode(to -> proposal.digest().write(to.u8(1))));
  }

  boolean hasUnsynced() {
    return !storing.isEmpty() || !unsynced.isEmpty();
  }

  /// What has become durable.
  List<Proposal> sync() {
    disk.sync();
    unsynced.forEach(this::remember);
    unsynced.clear();
    List<Proposal> stored = List.copyOf(storing);
    storing.clear();
    stored.forEach(proposal -> held(proposal.digest()).ifPresent(this::keep));
    return stored;
  }

  private void keep(Payload payload) {
    durable.put(payload.digest(), payload);
  }

  private void remember(VoteRecord record) {
    if (record instanceof VoteRecord.Voted(Vote vote)) {
      durableVotes.add(vote);
    }
  }

  void crash(SplittableRandom random) {
    disk.crash(random);
  }

  /// A new disk.
  void wipe() {
    disk.wipe();
  }

  /// After a crash: the vote records on disk; payloads that were not stored are gone.
  List<VoteRecord> recover() {
    List<VoteRecord> records = new ArrayList<>();
    LinkedHashSet<Hash> bodies = new LinkedHashSet<>();
    for (Bytes frame : disk.replay()) {
      Reader reader = new Reader(frame);
      try {
        if (reader.u8() == 0) {
          records.add(VoteRecord.read(reader));
        } else {
          bodies.add(Hash.read(reader));
        }
        reader.end();
      } catch (Malformed e) {
        throw new AssertionError("a whole frame is malformed", e);
      }
    }
    unsynced.clear();
    storing.clear();
    held.keySet().retainAll(bodies);
    durable.clear();
    durable.putAll(held);
    durableVotes.clear();
    records.forEach(this::remember);
    return records;
  }
}
