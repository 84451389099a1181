package nimble.p2p.book;

import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.p2p.PeerAddress;
import nimble.p2p.PeerScores;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What a node knows of others from one process to the next (rule B10): `u8 version ‖ salt ‖
/// entries ‖ anchors ‖ bans ‖ H("peers", all before)`.
public final class Remembered {
  public static final int SALT_SIZE = 32;
  private static final int VERSION = 1;
  private static final int REASON_MAX = 240;
  private static final int ADDRESS_MAX = 400;

  private final Bytes salt;
  private final List<Known> entries;
  private final List<PeerAddress> anchors;
  private final List<PeerScores.Sentence> bans;

  private Remembered(
      Bytes salt, List<Known> entries, List<PeerAddress> anchors, List<PeerScores.Sentence> bans) {
    this.salt = salt;
    this.entries = List.copyOf(entries);
    this.anchors = List.copyOf(anchors);
    this.bans = List.copyOf(bans);
  }

  /// Of a node that starts for the first time.
  public static Remembered nothing(Bytes salt) {
    return new Remembered(salt, List.of(), List.of(), List.of());
  }

  public static Remembered of(
      AddressBook book, List<PeerAddress> anchors, List<PeerScores.Sentence> bans) {
    return new Remembered(book.salt(), List.copyOf(book.entries()), anchors, bans);
  }

  /// @param begun differs from one process to the next
  public AddressBook book(long begun) {
    AddressBook book = new AddressBook(salt, begun);
    book.restore(entries);
    return book;
  }

  public List<PeerAddress> anchors() {
    return anchors;
  }

  public List<PeerScores.Sentence> bans() {
    return bans;
  }

  public Bytes encode() {
    Bytes body =
        Writer.encode(to -> {
          to.u8(VERSION).fixed(salt, SALT_SIZE);
          to.list(entries, AddressBook.ADDRESSES_MAX, Known::write);
          to.list(
              anchors,
              Discovery.ANCHORS,
              (anchor, writer) -> writer.string(anchor.toString(), ADDRESS_MAX));
          to.list(bans, PeerScores.PEERS_MAX, Remembered::writeBan);
        });
    return Bytes.concat(body, checksum(body));
  }

  private static void writeBan(PeerScores.Sentence ban, Writer to) {
    ban.peer().write(to);
    to.i64(ban.untilMillis()).u32(ban.bans()).string(ban.reason(), REASON_MAX);
  }

  private static Bytes checksum(Bytes body) {
    return Hashing.of("peers", body).bytes();
  }

  public static Remembered decode(Bytes bytes) throws Malformed {
    int size = bytes.size() - Hash.SIZE;
    if (size < 0 || !checksum(bytes.slice(0, size)).equals(bytes.slice(size, bytes.size()))) {
      throw new Malformed("its checksum does not fit");
    }
    return Reader.decode(
        bytes.slice(0, size),
        from -> {
          from.version(VERSION);
          return new Remembered(
              from.fixed(SALT_SIZE),
              from.list(AddressBook.ADDRESSES_MAX, Known::read),
              from.list(Discovery.ANCHORS, Remembered::readAnchor),
              from.list(PeerScores.PEERS_MAX, Remembered::readBan));
        });
  }

  private static PeerAddress readAnchor(Reader from) throws Malformed {
    String text = from.string(ADDRESS_MAX);
    PeerAddress anchor = PeerAddress.parse(text);
    if (!anchor.toString().equals(text)) {
      throw new Malformed("'%s' is written as %s".formatted(text, anchor));
    }
    return anchor;
  }

  private static PeerScores.Sentence readBan(Reader from) throws Malformed {
    PublicKey peer = PublicKey.read(from);
    long untilMillis = from.i64();
    long bans = from.u32();
    if (bans > Integer.MAX_VALUE) {
      throw new Malformed("banned %d times".formatted(bans));
    }
    return new PeerScores.Sentence(peer, untilMillis, (int) bans, from.string(REASON_MAX));
  }
}
