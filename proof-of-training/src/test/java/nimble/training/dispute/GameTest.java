package nimble.training.dispute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.sim.Seeds;
import nimble.training.dispute.Table.Played;
import nimble.types.Hash;
import nimble.vm.AdamW;
import nimble.vm.Curve;
import nimble.vm.Draw;
import nimble.vm.Image;
import nimble.vm.Layer;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.ModelSpec;
import nimble.vm.Precision;
import nimble.vm.Rate;
import nimble.vm.Rotary;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.djl.DjlMachine;
import nimble.vm.gradient.Bf16;
import nimble.vm.gradient.Fp32;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.gradient.Int8;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.template.Cnn;
import nimble.vm.template.Gpt;
import nimble.vm.template.Llama;
import nimble.vm.template.Mlp;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.trace.Trace;
import nimble.vm.trace.TraceForm;
import org.junit.jupiter.api.Test;

final class GameTest {
  static final TrainingSpec TRAINING = training(new Bf16());
  private static final ModelSpec GPT = new Gpt(13, 6, 1, 2, 8, true).spec();
  private static final ModelSpec DROPPING = GPT.dropping(0.3f);

  static TrainingSpec training(GradientCodec codec) {
    return new TrainingSpec(40, 4, 2, Rate.cosine(0.01f, 0.001f, 4), AdamW.USUAL, 7, codec);
  }

  private static List<Table> tables() {
    return List.of(
        Table.whole(GPT, TRAINING, 1),
        Table.whole(new Mlp(4, 1, 6, 0).spec(), TRAINING, 2),
        new Table(new StageSpec(GPT, 1, 3, TRAINING.rows()), TRAINING, true, 3),
        new Table(new StageSpec(GPT, 0, 2, TRAINING.rows()), TRAINING, false, 4),
        new Table(GPT.whole(TRAINING.rows()), TRAINING, false, 5));
  }

  /// Every other kind of layer, narrow products, adapters on a base, and what is left out.
  private static List<Table> newerTables() {
    Rotary rotary = new Rotary(100, new Rotary.Linear(2));
    ModelSpec llama = new Llama(13, 5, 1, 4, 2, 4, 8, 10, 1e-5f, rotary, true).spec();
    List<LoraTarget> targets = List.of(LoraTarget.Q, LoraTarget.V, LoraTarget.UP);
    Layer.Conv2d conv = new Layer.Conv2d(new Image(2, 5, 6), 3, 3, 1, 1, true);
    Layer.Pool mean = new Layer.Pool(conv.out(), Layer.Pool.Kind.MEAN, 3, 1);
    ModelSpec images =
        new ModelSpec(1, List.of(conv, mean, new Layer.ClassifierHead(mean.outWidth(), 4)));
    return List.of(
        Table.whole(llama, TRAINING, 21),
        Table.whole(llama.with(new Lora(2, 1, targets, BaseForm.NF4)), TRAINING, 22),
        Table.whole(new Mlp(7, 1, 6, 3).spec().in(Precision.BF16), TRAINING, 23),
        Table.whole(new Cnn(new Image(1, 6, 6), 1, 3, 4).spec(), TRAINING, 24),
        Table.whole(images, TRAINING, 25),
        Table.whole(DROPPING, TRAINING, 26),
        Table.whole(llama.with(new Lora(2, 1, 0.5f, targets, BaseForm.FP32)), TRAINING, 27));
  }

  private static List<Table> allTables() {
    return Stream.concat(tables().stream(), newerTables().stream()).toList();
  }

  /// One number of one tensor is another, by a tenth of the tensor's largest.
  private static List<Trace> lying(List<Trace> honest, int microBatch, int tensor, int element) {
    float[] numbers = LittleEndian.floats(honest.get(microBatch).value(tensor));
    float largest = 0.01f;
    for (float number : numbers) {
      largest = Math.max(largest, Math.abs(number));
    }
    numbers[element] += 0.1f * largest;
    List<Trace> lying = new ArrayList<>(honest);
    lying.set(microBatch, honest.get(microBatch).with(tensor, LittleEndian.ofFloats(numbers)));
    return lying;
  }

  private static void within(Played played) {
    assertTrue(played.moves() <= Dispute.MOVES_MAX, played.toString());
    assertTrue(played.bytes() <= Dispute.BYTES_MAX, played.toString());
  }

  @Test
  void g6AMinerThatLiesInAnyOperatorLoses() {
    for (Table table : allTables()) {
      List<Trace> honest = table.honest();
      TraceForm form = table.board.form();
      for (int tensor : form.computed().toArray()) {
        int element = form.tensor(tensor).count() / 2;
        List<Trace> lying = lying(honest, 1, tensor, element);
        Exhibits exhibits = table.exhibits(lying);
        Played played =
            table.play(table.player(exhibits, true, lying), table.player(exhibits, true, honest));
        assertEquals(Result.MINER_LOSES, played.result(), form.tensor(tensor).name() + played);
        within(played);
      }
    }
  }

  @Test
  void g6AnAccuserThatLiesInAnyOperatorLoses() {
    for (Table table : allTables()) {
      List<Trace> honest = table.honest();
      Exhibits exhibits = table.exhibits(honest);
      TraceForm form = table.board.form();
      for (int tensor : form.computed().toArray()) {
        List<Trace> lying = lying(honest, 0, tensor, 0);
        Played played =
            table.play(table.player(exhibits, true, honest), table.player(exhibits, true, lying));
        assertEquals(Result.ACCUSER_LOSES, played.result(), form.tensor(tensor).name() + played);
        within(played);
      }
    }
  }

  @Test
  void g6TwoHonestKernelsAreUndecided() {
    List<Table> tables = new ArrayList<>(newerTables());
    tables.add(Table.whole(GPT, TRAINING, 6));
    for (Table table : tables) {
      List<Trace> miner = table.traces(new DjlMachine());
      List<Trace> accuser = table.honest();
      Exhibits exhibits = table.exhibits(miner);
      for (boolean sameClass : new boolean[] {true, false}) {
        Played played =
            table.play(
                table.player(exhibits, true, miner), table.player(exhibits, sameClass, accuser));
        assertEquals(Result.UNDECIDED, played.result());
        within(played);
      }
    }
  }

  @Test
  void g5AnAccuserOfAnotherClassNamesANumber() {
    Table table = new Table(new StageSpec(GPT, 1, 3, TRAINING.rows()), TRAINING, true, 3);
    List<Trace> miner = table.traces(new DjlMachine());
    int output = table.board.form().output();
    List<Trace> lying = lying(miner, 0, output, 5);
    Exhibits exhibits = table.exhibits(lying);
    Played played =
        table.play(
            table.player(exhibits, true, lying), table.player(exhibits, false, table.honest()));
    assertEquals(Result.MINER_LOSES, played.result());
    assertEquals(List.of("State", "Accuse", "Answer", "Name", "Reveal"), played.said());
  }

  @Test
  void g5LargeTensorsTakeOneMoveMore() {
    ModelSpec wide =
        new ModelSpec(
            16,
            List.of(
                new Layer.Linear(24, 700, true),
                new Layer.Activation(700, Curve.GELU),
                new Layer.RegressionHead(700, 1)));
    Table table = Table.whole(wide, TRAINING, 8);
    List<Trace> honest = table.honest();
    Seeds.forEach(
        3,
        random -> {
          int tensor = table.board.form().given();
          int count = table.board.count(tensor);
          List<Trace> lying = lying(honest, 0, tensor, random.nextInt(count));
          Exhibits exhibits = table.exhibits(lying);
          Played played =
              table.play(table.player(exhibits, true, lying), table.player(exhibits, true, honest));
          assertEquals(Result.MINER_LOSES, played.result());
          assertEquals(
              List.of("State", "Accuse", "Answer", "Descend", "Blocks", "Reveal"), played.said());
          within(played);
        });
  }

  /// Nothing, or what another step leaves out: all that follows fits together.
  @Test
  void g6WhoLeavesOutOtherNumbersLoses() {
    Table table = Table.whole(DROPPING, TRAINING, 28);
    List<Trace> honest = table.honest();
    for (UnaryOperator<Draw> other :
        List.<UnaryOperator<Draw>>of(
            _ -> Draw.NONE, it -> new Draw(it.seed(), it.step() + 1, it.microBatch()))) {
      List<Trace> lying = table.traces(new ReferenceMachine(), other);
      Exhibits shown = table.exhibits(lying);
      Played liar = table.play(table.player(shown, true, lying), table.player(shown, true, honest));
      assertEquals(Result.MINER_LOSES, liar.result(), liar::toString);
      within(liar);
      Exhibits own = table.exhibits(honest);
      Played victim = table.play(table.player(own, true, honest), table.player(own, true, lying));
      assertEquals(Result.ACCUSER_LOSES, victim.result(), victim::toString);
    }
  }

  @Test
  void g7WhatHasNoRoomIsNotPlayed() {
    Layer.Conv2d wide = new Layer.Conv2d(new Image(8, 128, 128), 8, 63, 1, 31, false);
    Layer.Pool pool = new Layer.Pool(wide.out(), Layer.Pool.Kind.MAX, 4, 4);
    ModelSpec images =
        new ModelSpec(1, List.of(wide, pool, new Layer.ClassifierHead(pool.outWidth(), 2)));
    assertFalse(Board.isPlayable(images.whole(TRAINING.rows()), TRAINING, true));
    ModelSpec deep = new Gpt(13, 6, 24, 2, 8, true).spec();
    assertFalse(Board.isPlayable(deep.whole(TRAINING.rows()), TRAINING, true));
    assertTrue(Board.isPlayable(new Gpt(13, 6, 12, 2, 8, true).spec().whole(1), TRAINING, true));
  }

  @Test
  void g3ACommittedOutputThatIsNotTheTraces() {
    for (Table table : tables()) {
      List<Trace> honest = table.honest();
      int output = table.board.form().output();
      Exhibits exhibits = table.exhibits(lying(honest, 1, output, 0));
      Played played =
          table.play(table.player(exhibits, true, honest), table.player(exhibits, true, honest));
      assertEquals(Result.MINER_LOSES, played.result());
      assertEquals(List.of("State", "DenyOutput"), played.said());
    }
  }

  @Test
  void g3ACommittedGradientThatIsNotTheSum() {
    for (GradientCodec codec : List.of(new Bf16(), new Int8(), new Fp32())) {
      Table table = Table.whole(GPT, training(codec), 9);
      List<Trace> honest = table.honest();
      Exhibits right = table.exhibits(honest);
      float[] numbers = LittleEndian.floats(right.gradient());
      numbers[numbers.length - 1] += 0.5f;
      Exhibits wrong =
          new Exhibits(
              right.given(),
              right.outputs(),
              right.inputGradients(),
              LittleEndian.ofFloats(numbers));
      Played played =
          table.play(table.player(wrong, true, honest), table.player(wrong, true, honest));
      assertEquals(Result.MINER_LOSES, played.result());
      assertEquals(List.of("State", "DenyGradient"), played.said());
      within(played);
    }
  }

  @Test
  void g2OtherExactPartsAreForValidators() {
    Table table = Table.whole(GPT, TRAINING, 10);
    List<Trace> honest = table.honest();
    Exhibits exhibits = table.exhibits(honest);
    Exhibits others =
        new Exhibits(
            List.of(exhibits.given().get(1), exhibits.given().get(0)),
            exhibits.outputs(),
            exhibits.inputGradients(),
            exhibits.gradient());
    Played played =
        table.play(table.player(others, true, honest), table.player(exhibits, true, honest));
    Hash mine = others.subject(table.board);
    Hash right = exhibits.subject(table.board);
    assertEquals(new Standing.Contradicted(mine, right), played.last().standing());
    assertEquals(Result.UNDECIDED, played.result());
  }

  @Test
  void g8WhoIsSilentLoses() {
    Table table = Table.whole(GPT, TRAINING, 11);
    List<Trace> honest = table.honest();
    Exhibits exhibits = table.exhibits(honest);
    Player agrees = table.player(exhibits, true, honest);
    assertEquals(Result.MINER_LOSES, Dispute.open().silence());
    Played played = table.play(agrees, agrees);
    assertEquals(List.of("State"), played.said());
    assertEquals(Result.ACCUSER_LOSES, played.result());
  }

  @Test
  void g4AMinerCannotLeaveWhatItCommittedTo() {
    Table table = Table.whole(GPT, TRAINING, 12);
    List<Trace> honest = table.honest();
    List<Trace> accuser = lying(honest, 0, table.board.form().given(), 0);
    Exhibits exhibits = table.exhibits(lying(honest, 0, table.board.form().output(), 0));
    Dispute dispute = Dispute.open();
    Player miner = table.player(exhibits, true, honest);
    Player other = table.player(exhibits, true, accuser);
    dispute = next(table, dispute, miner);
    dispute = next(table, dispute, other);
    Refused refused =
        RefusalsTest.refused(table.board, dispute, Side.MINER, miner.move(dispute).orElseThrow());
    assertEquals("the output is not what was committed to", refused.reason());
  }

  static Dispute next(Table table, Dispute dispute, Player player) {
    try {
      Side side = dispute.side().orElseThrow();
      return ((Game.Step.Goes)
              Game.play(table.board, dispute, side, player.move(dispute).orElseThrow()))
          .next();
    } catch (Refused e) {
      throw new AssertionError(e);
    }
  }

  static Bytes spoiled(Bytes words) {
    byte[] bytes = words.toArray();
    bytes[0] ^= 1;
    return Bytes.wrap(bytes);
  }
}
