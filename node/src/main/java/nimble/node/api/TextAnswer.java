package nimble.node.api;

import nimble.node.loop.Inbox;
import nimble.node.work.GatewayOwner;
import nimble.vm.text.TextStream;

/// One answer on its way to a client: tokens become text, which ends at a stop string. Lives on the
/// gateway's thread.
final class TextAnswer implements GatewayOwner.Reader {
  /// Why nothing more comes.
  enum Ending {
    STOP,
    LENGTH,
    FAILED
  }

  /// Where the text goes; must not block.
  interface Sink {
    void text(String piece);

    /// @param reason why it failed
    void end(Ending ending, Usage usage, String reason);
  }

  /// Tokens that were used.
  record Usage(int prompt, int completion) {
    int total() {
      return prompt + completion;
    }
  }

  private final Question question;
  private final Sink sink;
  private final Inbox<GatewayOwner.Input> gateway;
  private final TextStream characters;
  private final StopStrings stops;
  private int made;
  private boolean ended;
  private boolean over;

  private TextAnswer(Question question, Sink sink, Inbox<GatewayOwner.Input> gateway) {
    this.question = question;
    this.sink = sink;
    this.gateway = gateway;
    characters = new TextStream(question.text().tokenizer());
    stops = new StopStrings(question.stops());
  }

  /// Puts the question; the answer is that of a gateway with too much to do when it is not taken.
  ///
  /// @return what to do when the client goes; empty work when the question was not taken
  static Runnable ask(Question question, Inbox<GatewayOwner.Input> gateway, Sink sink) {
    TextAnswer answer = new TextAnswer(question, sink, gateway);
    boolean taken =
        gateway.offer(
            new GatewayOwner.Input.Requested(
                new GatewayOwner.Request(
                    question.model().served(),
                    question.prompt(),
                    question.tokens(),
                    question.sampling(),
                    question.text().ends(),
                    question.timeoutMillis()),
                answer));
    if (!taken) {
      sink.end(
          Ending.FAILED, new Usage(0, 0), "this node serves as many requests as it can: try again");
      return () -> {};
    }
    return answer::cancel;
  }

  /// Few come to a question, and questions are bounded by what the gateway takes.
  private void cancel() {
    gateway.must(new GatewayOwner.Input.Cancelled(this));
  }

  @Override
  public void token(int id) {
    if (over) {
      return;
    }
    made++;
    ended = question.text().ends().contains(id);
    if (!ended) {
      give(stops.add(characters.add(id)));
    }
    if (stops.isHit()) {
      over = true;
      cancel();
      sink.end(Ending.STOP, usage(), "");
    }
  }

  @Override
  public void finished(String reason) {
    if (over) {
      return;
    }
    over = true;
    if (!reason.isEmpty()) {
      sink.end(Ending.FAILED, usage(), reason);
      return;
    }
    give(stops.add(characters.end()));
    if (!stops.isHit()) {
      give(stops.rest());
    }
    boolean whole = made == question.tokens() && !ended && !stops.isHit();
    sink.end(whole ? Ending.LENGTH : Ending.STOP, usage(), "");
  }

  private Usage usage() {
    return new Usage(question.prompt().size(), made);
  }

  private void give(String piece) {
    if (!piece.isEmpty()) {
      sink.text(piece);
    }
  }
}
