package nimble.training.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.chain.Device;
import nimble.check.Invariant.BrokenInvariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.sim.Conformance;
import nimble.sim.Seeds;
import nimble.spec.Problem;
import nimble.training.Specs;
import nimble.types.JobId;
import nimble.vm.Cuts;
import nimble.vm.ModelSpec;
import nimble.vm.data.DataForm;
import nimble.vm.data.DataSet;
import nimble.vm.data.TextData;
import nimble.vm.template.Gpt;
import nimble.vm.template.Mlp;
import org.junit.jupiter.api.Test;

final class JobSpecTest {
  private static final DataSpec DATA = new DataSpec(Specs.hash("data"), 1_000, 900);

  private static final JobSpec STARTED = Specs.spec(100).from(new StartSpec(new JobId(7), 3, 40));

  private static List<Problem> problems(String name, ModelSpec model, DataSpec data, Cuts cuts) {
    return JobSpec.problems(
        name, "", model, Optional.empty(), Optional.empty(), data, Specs.training(10), cuts);
  }

  private static void assertNames(String field, List<Problem> problems) {
    assertEquals(List.of(field), problems.stream().map(Problem::field).toList(), "" + problems);
  }

  @Test
  void j1WhatIsWrittenIsRead() throws Malformed {
    JobSpec spec = Specs.spec(100);
    JobSpec onGpu =
        new JobSpec(
            "é",
            "",
            spec.model(),
            spec.data(),
            spec.training(),
            new Cuts(List.of()),
            Optional.of(Device.GPU),
            spec.money());
    for (JobSpec each : List.of(spec, onGpu, STARTED)) {
      assertEquals(each, JobSpec.decode(each.encode()));
    }
    assertTrue(spec.sizeProblems().isEmpty());
  }

  @Test
  void j1EncodingIsStable() {
    Conformance.check(
        JobSpecTest.class, "job-spec", Specs.spec(100), JobSpec::write, JobSpec::read);
    Conformance.check(
        JobSpecTest.class, "job-spec-Started", STARTED, JobSpec::write, JobSpec::read);
  }

  @Test
  void j42StepsAreThoseOfAllJobs() {
    assertEquals(40, STARTED.firstStep());
    assertEquals(60, STARTED.steps());
    StartSpec late = new StartSpec(new JobId(7), 9, 10);
    assertEquals(
        "[training.steps must be above the 10 that are behind 7@9, was 10]",
        JobSpec.problems(
                "n",
                "",
                Specs.MODEL,
                Optional.empty(),
                Optional.of(late),
                DATA,
                Specs.training(10),
                Specs.THREE)
            .toString());
  }

  @Test
  void j1CutOrLongerBytesAreMalformed() {
    Bytes encoded = Specs.spec(100).encode();
    for (int i = 0; i < encoded.size(); i++) {
      Bytes cut = encoded.slice(0, i);
      assertThrows(Malformed.class, () -> JobSpec.decode(cut));
    }
    assertThrows(Malformed.class, () -> JobSpec.decode(Bytes.concat(encoded, Bytes.ofU64(0))));
    assertThrows(Malformed.class, () -> JobSpec.decode(Bytes.wrap(new byte[16 * 1024 + 1])));
  }

  @Test
  void j1FlippedBytesAreMalformedOrAnotherSpec() {
    Bytes encoded = Specs.spec(100).encode();
    Seeds.forEach(
        3_000,
        random -> {
          byte[] bytes = encoded.toArray();
          for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
          }
          Bytes flipped = Bytes.wrap(bytes);
          try {
            assertEquals(flipped, JobSpec.decode(flipped).encode());
          } catch (Malformed e) {
            assertTrue(e.toString().length() > 3);
          }
        });
  }

  @Test
  void j1NamesArePrintableAndShort() {
    assertNames("name", problems("", Specs.MODEL, DATA, Specs.THREE));
    assertNames("name", problems("a\nb", Specs.MODEL, DATA, Specs.THREE));
    assertNames("name", problems("é".repeat(33), Specs.MODEL, DATA, Specs.THREE));
    assertNames(
        "theme",
        JobSpec.problems(
            "n",
            "t".repeat(65),
            Specs.MODEL,
            Optional.empty(),
            Optional.empty(),
            DATA,
            Specs.training(10),
            Specs.THREE));
  }

  @Test
  void j1CutsMustFitTheModel() {
    assertNames("stages.cuts[1]", problems("n", Specs.MODEL, DATA, new Cuts(List.of(3, 3))));
    assertNames("stages.cuts[0]", problems("n", Specs.MODEL, DATA, new Cuts(List.of(5))));
  }

  @Test
  void j8TextNeedsByteVocabulary() {
    ModelSpec small = new Gpt(100, 8, 1, 1, 8, false).spec();
    assertNames("model", problems("n", small, DATA, Specs.THREE));
    ModelSpec table = new Mlp(4, 2, 8, 2).spec();
    assertNames("model", problems("n", table, DATA, new Cuts(List.of())));
  }

  @Test
  void j8BothPartsHoldARow() {
    DataSpec enough = new DataSpec(Specs.hash("data"), 90, 900);
    assertEquals(List.of(), problems("n", Specs.MODEL, enough, Specs.THREE));
    DataSpec lessHeldOut = new DataSpec(Specs.hash("data"), 80, 900);
    assertNames("data.file", problems("n", Specs.MODEL, lessHeldOut, Specs.THREE));
    DataSpec lessToTrain = new DataSpec(Specs.hash("data"), 90, 80);
    assertNames("data.file", problems("n", Specs.MODEL, lessToTrain, Specs.THREE));
  }

  @Test
  void j8SplitIsExact() {
    DataSpec spec = new DataSpec(Specs.hash("d"), 1_115_394, 900);
    assertEquals(
        new TextData(Bytes.wrap(new byte[1_115_394]), 1_003_854),
        spec.open(Bytes.wrap(new byte[1_115_394]), Specs.MODEL));
  }

  @Test
  void j8ExamplesAreWholeAndInBothParts() {
    ModelSpec model = new Mlp(4, 1, 8, 2).spec();
    assertEquals(List.of(), examples(200, 900).problems(model));
    assertNames("data.size", examples(201, 900).problems(model));
    assertNames("data.file", examples(20, 900).problems(model));
    assertNames("data.file", examples(200, 50).problems(model));
  }

  private static DataSpec examples(long size, int permille) {
    return new DataSpec(Specs.hash("d"), size, permille, DataForm.EXAMPLES);
  }

  @Test
  void j8AnotherSizeThanOrderedIsReadAsZeros() {
    DataSpec text = new DataSpec(Specs.hash("d"), 90, 900);
    Bytes zeros = Bytes.wrap(new byte[2 * (Specs.MODEL.context() + 1)]);
    assertEquals(
        new TextData(zeros, zeros.size() / 2), text.open(Bytes.utf8("short"), Specs.MODEL));
    ModelSpec model = new Mlp(4, 1, 8, 2).spec();
    DataSet.Example example =
        examples(200, 900).open(Bytes.utf8("short"), model).validation(model.whole(3), 1, 0);
    assertEquals(Bytes.wrap(new byte[3 * 4 * Float.BYTES]), example.inputs());
  }

  @Test
  void j1MoneyAndDataNameFieldValueAndRange() {
    assertEquals(
        "[money.budget must be between 1 and 9223372036854775807, was 0]",
        MoneySpec.problems(0, 1, 0, 1_000).toString());
    assertEquals(
        List.of("money.maxPricePerHour", "money.auditRate", "money.deadline"),
        MoneySpec.problems(1, -1, 1_001, 999).stream().map(Problem::field).toList());
    assertEquals(
        List.of("data.size", "data.split"),
        DataSpec.problems(0, 1_000).stream().map(Problem::field).toList());
    assertThrows(BrokenInvariant.class, () -> new MoneySpec(0, 1, 0, 1_000));
  }

  @Test
  void j1TooManyOperationsAreRefused() {
    ModelSpec large = new Gpt(256, 1_024, 12, 12, 768, true).spec();
    assertNames(
        "training.steps",
        JobSpec.problems(
            "n",
            "",
            large,
            Optional.empty(),
            Optional.empty(),
            new DataSpec(Specs.hash("d"), 1 << 20, 900),
            Specs.training(100_000_000),
            new Cuts(List.of())));
  }

  @Test
  void badMoneyIsMalformed() {
    Bytes bytes = Writer.encode(to -> to.i64(1).i64(1).u16(1_001).i64(5_000));
    assertThrows(Malformed.class, () -> Reader.decode(bytes, MoneySpec::read));
  }
}
