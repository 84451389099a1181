package nimble.p2p.relay;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.p2p.Kind;
import nimble.p2p.Message;
import nimble.p2p.NetworkGroup;
import nimble.p2p.PeerAddress;
import nimble.p2p.Text;
import nimble.types.PublicKey;

/// What nodes say to each other about relays.
public sealed interface Word {
  int RELAYS_MAX = 4;
  int SOUGHT_MAX = 32;
  int HOST_LENGTH_MAX = 48;

  /// "Do you relay for me?"
  ///
  /// @param anyway without looking whether the asker can be dialled
  record Ask(boolean anyway) implements Word {}

  /// What a node that was asked does about it.
  enum Outcome {
    AGREED(0),
    /// The asker can be dialled, and needs nobody.
    REACHABLE(1),
    REFUSED(2);

    private final int code;

    Outcome(int code) {
      this.code = code;
    }

    static Outcome of(int code) throws Malformed {
      for (Outcome outcome : values()) {
        if (outcome.code == code) {
          return outcome;
        }
      }
      throw new Malformed("outcome %d".formatted(code));
    }
  }

  record Answer(Outcome outcome, String why) implements Word {
    public Answer {
      why = Text.reason(why);
    }
  }

  /// "From now on I am reached through these", each with its key.
  record Reached(List<PeerAddress> relays) implements Word {
    public Reached {
      Invariant.check(relays.size() <= RELAYS_MAX, "%d relays", relays.size());
      relays = List.copyOf(relays);
    }
  }

  /// "How are these reached?"
  record Seek(List<PublicKey> nodes) implements Word {
    public Seek {
      Invariant.check(nodes.size() <= SOUGHT_MAX, "%d nodes", nodes.size());
      nodes = List.copyOf(nodes);
    }
  }

  /// Ways to those of them that told the sender.
  record Found(List<PeerAddress> ways) implements Word {
    public Found {
      Invariant.check(ways.size() <= SOUGHT_MAX * RELAYS_MAX, "%d ways", ways.size());
      ways = List.copyOf(ways);
    }
  }

  default Message message() {
    return switch (this) {
      case Ask(boolean anyway) -> message(Kind.RELAY_ASK, to -> to.bool(anyway));
      case Answer(Outcome outcome, String why) ->
          message(Kind.RELAY_ANSWER, to -> to.u8(outcome.code).string(why, Text.REASON_LENGTH_MAX));
      case Reached(List<PeerAddress> relays) ->
          message(Kind.RELAY_REACHED, to -> to.list(relays, RELAYS_MAX, Word::writeRelay));
      case Seek(List<PublicKey> nodes) ->
          message(Kind.RELAY_SEEK, to -> to.list(nodes, SOUGHT_MAX, PublicKey::write));
      case Found(List<PeerAddress> ways) ->
          message(Kind.RELAY_FOUND, to -> to.list(ways, SOUGHT_MAX * RELAYS_MAX, Word::writeWay));
    };
  }

  private static Message message(Kind kind, Consumer<Writer> write) {
    return new Message(kind, Writer.encode(write));
  }

  /// Whether [#decode] is for it.
  static boolean isWord(Kind kind) {
    return kind.code() >= Kind.RELAY_ASK.code() && kind.code() <= Kind.RELAY_FOUND.code();
  }

  static Word decode(Message message) throws Malformed {
    return Reader.decode(
        message.payload(),
        from ->
            switch (message.kind()) {
              case RELAY_ASK -> new Ask(from.bool());
              case RELAY_ANSWER -> readAnswer(from);
              case RELAY_REACHED -> new Reached(from.list(RELAYS_MAX, Word::readRelay));
              case RELAY_SEEK -> new Seek(from.list(SOUGHT_MAX, PublicKey::read));
              case RELAY_FOUND -> new Found(from.list(SOUGHT_MAX * RELAYS_MAX, Word::readWay));
              default -> throw new Malformed("%s says nothing of relays".formatted(message.kind()));
            });
  }

  private static Answer readAnswer(Reader from) throws Malformed {
    Outcome outcome = Outcome.of(from.u8());
    String why = from.string(Text.REASON_LENGTH_MAX);
    if (!why.equals(Text.reason(why))) {
      throw new Malformed("%s: %s".formatted(outcome, Text.reason(why)));
    }
    return new Answer(outcome, why);
  }

  private static void writeRelay(PeerAddress relay, Writer to) {
    PublicKey key = relay.peer().orElseThrow(() -> new IllegalStateException("a relay's key"));
    to.string(relay.host(), HOST_LENGTH_MAX).u16(relay.port());
    key.write(to);
  }

  /// R7.
  private static PeerAddress readRelay(Reader from) throws Malformed {
    String host = from.string(HOST_LENGTH_MAX);
    int port = from.u16();
    if (port == 0 || NetworkGroup.of(host).isEmpty()) {
      throw new Malformed("no relay stands at port %d of %s".formatted(port, Text.reason(host)));
    }
    return PeerAddress.of(host, port).withPeer(PublicKey.read(from));
  }

  private static void writeWay(PeerAddress way, Writer to) {
    Optional<PeerAddress> relay = way.relay();
    writeRelay(relay.orElseThrow(() -> new IllegalStateException("a relayed way")), to);
    way.peer().ifPresent(node -> node.write(to));
  }

  private static PeerAddress readWay(Reader from) throws Malformed {
    return readRelay(from).reaching(PublicKey.read(from));
  }
}
