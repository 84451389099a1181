package nimble.chain;

import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Height;
import nimble.types.Moment;
import nimble.types.VoteSignature;

/// A block's header; its hash is the digest that consensus orders (C1, C6).
///
/// @param proposer index of the leader in the epoch's validator set
/// @param sigma the proposer's signature on ("beacon", chain, epoch, view)
/// @param beacon `H("beacon", parent's beacon ‖ sigma)`
/// @param stateRoot of the state after this block
/// @param nextSetHash at an epoch's end, the hash of the next epoch's validator set
public record Header(
    ChainId chain,
    long epoch,
    long view,
    Height height,
    Hash parent,
    long timeMillis,
    int proposer,
    VoteSignature sigma,
    Hash beacon,
    Hash txRoot,
    Hash stateRoot,
    Hash receiptsRoot,
    Hash votesRoot,
    Hash setHash,
    Optional<Hash> nextSetHash) {
  private static final int VERSION = 1;

  public Header {
    Invariant.check(epoch >= 0 && view >= 0 && timeMillis >= 0, "negative quantity");
    Invariant.check(proposer >= 0 && proposer <= 0xffff, "proposer %d", proposer);
  }

  public Hash digest() {
    return Hashing.of("header", encode());
  }

  public Moment moment() {
    return new Moment(timeMillis, height.value());
  }

  /// What the proposer signs for the beacon: a kind of its own, never a vote's bytes.
  public static Bytes beaconPreimage(ChainId chain, long epoch, long view) {
    return Writer.encode(writer -> {
      writer.string("nimble/beacon", 32);
      chain.write(writer);
      writer.u64(epoch).u64(view);
    });
  }

  public static Hash nextBeacon(Hash beacon, VoteSignature sigma) {
    return Hashing.of("beacon", beacon.bytes(), sigma.bytes());
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public void write(Writer writer) {
    writer.u8(VERSION);
    chain.write(writer);
    writer.i64(epoch).i64(view);
    height.write(writer);
    parent.write(writer);
    writer.i64(timeMillis).u16(proposer);
    sigma.write(writer);
    beacon.write(writer);
    txRoot.write(writer);
    stateRoot.write(writer);
    receiptsRoot.write(writer);
    votesRoot.write(writer);
    setHash.write(writer);
    writer.optional(nextSetHash, (hash, to) -> hash.write(to));
  }

  public static Header read(Reader reader) throws Malformed {
    reader.version(VERSION);
    return new Header(
        ChainId.read(reader),
        reader.i64(),
        reader.i64(),
        Height.read(reader),
        Hash.read(reader),
        reader.i64(),
        reader.u16(),
        VoteSignature.read(reader),
        Hash.read(reader),
        Hash.read(reader),
        Hash.read(reader),
        Hash.read(reader),
        Hash.read(reader),
        Hash.read(reader),
        reader.optional(Hash::read));
  }
}
