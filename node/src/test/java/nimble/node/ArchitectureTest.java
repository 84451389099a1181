package nimble.node;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import nimble.node.chain.FinalizedChain;
import org.junit.jupiter.api.Test;

/// The layering of the README, as a test.
final class ArchitectureTest {
  private static final String[] PURE = {
    "nimble.types",
    "nimble.codec",
    "nimble.check",
    "nimble.spec",
    "nimble.crypto",
    "nimble.chain",
    "nimble.state",
    "nimble.blob",
    "nimble.genesis",
    "nimble.sim",
    "nimble.consensus..",
    "nimble.light",
    "nimble.p2p",
    "nimble.p2p.book",
    "nimble.p2p.sim",
    "nimble.storage",
    "nimble.ledger",
    "nimble.training..",
    "nimble.vm",
    "nimble.vm.audit",
    "nimble.vm.data",
    "nimble.vm.generation",
    "nimble.vm.gradient",
    "nimble.vm.template",
    "nimble.vm.tensor",
    "nimble.vm.text",
    "nimble.vm.training"
  };

  /// Each outside library, and the only packages that may name it.
  private static final Map<String, String[]> LIBRARIES =
      Map.ofEntries(
          // The API's server hands out the connections of its clients, to be timed.
          entry("io.netty..", "nimble.p2p.netty..", "nimble.node.api.."),
          entry("com.google.protobuf..", "nimble.p2p..", "nimble.api..", "nimble.node.."),
          entry("org.rocksdb..", "nimble.storage.rocks.."),
          entry("ai.djl..", "nimble.vm.djl.."),
          entry("org.bouncycastle..", "nimble.crypto.."),
          entry("com.amazon.corretto..", "nimble.crypto.."),
          entry("supranational.blst..", "nimble.crypto.."),
          entry("io.grpc..", "nimble.node..", "nimble.api.."),
          entry("com.linecorp.armeria..", "nimble.node.."),
          entry("io.micrometer..", "nimble.node.."),
          entry("picocli..", "nimble.node.."),
          entry("org.snakeyaml..", "nimble.node.."),
          entry("com.fasterxml.jackson..", "nimble.node..", "nimble.vm.hf.."),
          entry("org.slf4j..", "nimble.node.."));

  private static Map.Entry<String, String[]> entry(String library, String... adapters) {
    return Map.entry(library, adapters);
  }

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("nimble");

  @Test
  void pureCodeHasNoEffects() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .and()
        // Reads pinned encodings of the tests from the class path.
        .doNotHaveSimpleName("Conformance")
        .and()
        .haveNameNotMatching("nimble.sim.FuzzTarget.*")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..",
            "java.net..",
            "java.nio.channels..",
            "java.nio.file..",
            "java.util.concurrent..",
            "io.netty..",
            "io.grpc..",
            "org.rocksdb..",
            "ai.djl..",
            "io.micrometer..",
            "org.slf4j..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.Random")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.security.SecureRandom")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.ThreadLocal")
        .orShould()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.HashMap")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.HashSet")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.Thread")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethodWhere(target(nameMatching("parallelStream|parallel")))
        .because("the same inputs must give the same outputs on every node")
        .allowEmptyShould(true)
        .check(CODE);
  }

  @Test
  void onlyAdaptersTouchTheirLibrary() {
    LIBRARIES.forEach((library, adapters) ->
        noClasses()
            .that()
            .resideOutsideOfPackages(adapters)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(library)
            .allowEmptyShould(true)
            .check(CODE));
  }

  /// N16: parts of two blocks are no state.
  @Test
  void nobodyReadsStateWhileItIsWritten() {
    noClasses()
        .that()
        .resideInAnyPackage("nimble.node.api..", "nimble.node.net..", "nimble.node.work..")
        .should()
        .callMethod(FinalizedChain.class, "liveState")
        .check(CODE);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("nimble.(**)").should().beFreeOfCycles().check(CODE);
  }

  @Test
  void consensusOrdersDigestsAndNothingElse() {
    classes()
        .that()
        .resideInAPackage("nimble.consensus.sim")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "nimble.consensus..",
            "nimble.types..",
            "nimble.codec..",
            "nimble.check..",
            "nimble.sim..",
            "com.google.errorprone.annotations..",
            "org.jspecify..")
        .check(CODE);
    classes()
        .that()
        .resideInAPackage("nimble.consensus")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "nimble.consensus",
            "nimble.types..",
            "nimble.codec..",
            "nimble.check..",
            "org.jspecify..")
        .check(CODE);
  }

  @Test
  void pureCodeIteratesInAKnownOrder() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .callMethodWhere(
            target(nameMatching("of|copyOf|ofEntries"))
                .and(target(owner(equivalentTo(Map.class).or(equivalentTo(Set.class))))))
        .orShould()
        .callMethodWhere(
            target(nameMatching("toSet|toMap|groupingBy|toUnmodifiableSet|toUnmodifiableMap"))
                .and(target(owner(equivalentTo(Collectors.class)))))
        .because("Map.of and Set.of iterate in an order that changes from one JVM run to the next")
        .allowEmptyShould(true)
        .check(CODE);
  }
}
