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
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The layering of the README, as a test.
final class ArchitectureTest {
  private static final String[] PURE = {
    "nimble.types..",
    "nimble.codec..",
    "nimble.crypto..",
    "nimble.consensus",
    "nimble.ledger..",
    "nimble.training",
    "nimble.vm",
    "nimble.state",
    "nimble.blob",
    "nimble.storage"
  };
  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("nimble");

  @Test
  void pureCodeHasNoEffects() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
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
        .callMethod(java.time.Instant.class, "now")
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
    only("nimble.p2p.netty..", "io.netty..");
    only("nimble.storage.rocks..", "org.rocksdb..");
    only("nimble.vm.djl..", "ai.djl..");
    only("nimble.node..", "io.grpc..");
  }

  private static void only(String adapter, String library) {
    noClasses()
        .that()
        .resideOutsideOfPackage(adapter)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CODE);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("nimble.(*)..").should().beFreeOfCycles().check(CODE);
  }

  @Test
  void consensusOrdersDigestsAndNothingElse() {
    classes()
        .that()
        .resideInAPackage("nimble.consensus..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "nimble.consensus..",
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
