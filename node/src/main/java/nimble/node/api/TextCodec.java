package nimble.node.api;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import nimble.codec.Malformed;
import nimble.vm.text.ByteTokenizer;
import nimble.vm.text.ChatTemplate;
import nimble.vm.text.Message;
import nimble.vm.text.Tokenizer;

/// Between text and a model's token ids.
///
/// @param template how it takes conversations
/// @param ends tokens after which nothing more comes
record TextCodec(Tokenizer tokenizer, ChatTemplate template, SortedSet<Integer> ends) {
  /// Every byte is a token.
  static final TextCodec BYTES =
      new TextCodec(new ByteTokenizer(), ChatTemplate.PLAIN, new TreeSet<>());

  List<Integer> prompt(String text) throws Malformed {
    return tokenizer.prompt(text);
  }

  /// Up to where the model answers.
  List<Integer> dialogue(List<Message> said) throws Malformed {
    return tokenizer.encode(template.ask(said));
  }

  /// Texts before which an answer in a dialogue ends: where no token ends it, a text does.
  List<String> stops(List<String> asked) {
    return Stream.concat(asked.stream(), template.stops().stream()).toList();
  }

  /// The largest id that a text came to; -1 when it is empty.
  static int largest(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).max().orElse(-1);
  }
}
