package nimble.node.cli.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import nimble.codec.Bytes;
import nimble.node.cli.console.Output;
import nimble.node.files.Json;
import nimble.node.files.Question;
import nimble.node.files.Questions;
import nimble.vm.Layer;
import nimble.vm.tensor.LittleEndian;

/// Asks a model rows, some at a time, and says what it answers: a class and how probable it holds
/// it, or a number. Where rows have labels, how often it was right, or how far off.
final class Predictions {
  static final int ROWS = 32;

  private final Questions questions;
  private final WholeModel model;
  private final Output output;
  private final List<Question> waiting = new ArrayList<>();
  private long rows;
  private long labelled;
  private long right;
  private double squares;

  Predictions(Questions questions, WholeModel model, Output output) {
    this.questions = questions;
    this.model = model;
    this.output = output;
  }

  void ask(Question question) {
    waiting.add(question);
    if (waiting.size() == ROWS) {
      flush();
    }
  }

  /// The last rows, and what is to be said of all.
  void end() {
    flush();
    ObjectNode json = Json.object().put("rows", rows).put("labelled", labelled);
    String words = "%d rows".formatted(rows);
    if (labelled > 0 && questions.classes().isEmpty()) {
      double error = Math.sqrt(squares / labelled);
      json.put("rootMeanSquaredError", error);
      words += ", off by %s (root mean square) of %d with a label".formatted(show(error), labelled);
    } else if (labelled > 0) {
      double accuracy = (double) right / labelled;
      json.put("right", right).put("accuracy", accuracy);
      words +=
          ", %d of %d with a label right: accuracy %s".formatted(right, labelled, show(accuracy));
    }
    output.item(json, words);
  }

  private void flush() {
    if (waiting.isEmpty()) {
      return;
    }
    Bytes first = waiting.getFirst().inputs();
    List<Bytes> inputs = new ArrayList<>(waiting.stream().map(Question::inputs).toList());
    while (inputs.size() < ROWS) {
      inputs.add(first);
    }
    float[] answers = LittleEndian.floats(model.answer(Bytes.concat(inputs.toArray(Bytes[]::new))));
    Layer.Head head = questions.model().head();
    for (int i = 0; i < waiting.size(); i++) {
      Question question = waiting.get(i);
      int at = (i * questions.model().context() + question.position()) * head.outWidth();
      rows++;
      if (questions.classes().isEmpty()) {
        number(question, answers[at]);
      } else {
        choice(question, answers, at);
      }
    }
    waiting.clear();
  }

  private void number(Question question, float answer) {
    double told = questions.unscaled(answer);
    ObjectNode json = Json.object().put("row", question.name()).put("value", told);
    question
        .label()
        .ifPresent(label -> {
          labelled++;
          double off = told - questions.unscaled(label);
          squares += off * off;
          json.put("label", questions.unscaled(label));
        });
    output.item(json, "%s\t%s".formatted(question.name(), show(told)));
  }

  private void choice(Question question, float[] answers, int at) {
    List<String> classes = questions.classes();
    int best = 0;
    for (int i = 1; i < classes.size(); i++) {
      best = answers[at + i] > answers[at + best] ? i : best;
    }
    double sum = 0;
    for (int i = 0; i < classes.size(); i++) {
      sum += Math.exp((double) answers[at + i] - answers[at + best]);
    }
    String told = classes.get(best);
    ObjectNode json =
        Json.object().put("row", question.name()).put("class", told).put("probability", 1 / sum);
    String words = "%s\t%s\t%s".formatted(question.name(), told, show(1 / sum));
    if (question.label().isPresent()) {
      String label = classes.get((int) question.label().getAsDouble());
      labelled++;
      right += label.equals(told) ? 1 : 0;
      json.put("label", label);
      words += label.equals(told) ? "" : "\twas " + label;
    }
    output.item(json, words);
  }

  private static String show(double number) {
    return String.format(Locale.ROOT, "%.4f", number);
  }
}
