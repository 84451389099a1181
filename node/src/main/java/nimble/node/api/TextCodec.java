package nimble.node.api;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.codec.Bytes;
import nimble.training.role.GatewayInput;

/// Between text and a model's token ids.
interface TextCodec {
  /// Every byte is a token.
  TextCodec BYTES =
      new TextCodec() {
        @Override
        public List<Integer> encode(String text) {
          return GatewayInput.ids(Bytes.utf8(text));
        }

        @Override
        public Bytes decode(int id) {
          return id < 256 ? Bytes.wrap(new byte[] {(byte) id}) : Bytes.EMPTY;
        }

        @Override
        public SortedSet<Integer> ends() {
          return new TreeSet<>();
        }
      };

  List<Integer> encode(String text);

  /// The bytes that a token stands for, maybe a part of a character.
  Bytes decode(int id);

  /// Tokens after which nothing more comes.
  SortedSet<Integer> ends();
}
