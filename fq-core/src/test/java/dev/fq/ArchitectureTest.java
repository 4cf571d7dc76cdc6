package dev.fq;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import dev.fq.spi.ModuleRules;
import java.io.File;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Rules of ARCHITECTURE.md that a compiler does not check. */
class ArchitectureTest extends ModuleRules {

  @Test
  void filesAreReachedThroughTheirOwnFileSystem() {
    noClasses()
        .that()
        .resideInAPackage("dev.fq.file..")
        .should()
        .callMethod(Path.class, "toFile")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(File.class)
        .check(MAIN);
  }

  @Test
  void backendsKnowTheSpiAndNotEachOther() {
    noClasses()
        .that()
        .resideInAPackage("dev.fq.file..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.fq", "dev.fq.memory")
        .check(MAIN);
    noClasses()
        .that()
        .resideInAPackage("dev.fq.memory")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.fq", "dev.fq.file..")
        .check(MAIN);
  }

  /**
   * Each room knows those below it: the engine, bundles, the format of Python, records, the format,
   * counters, disk.
   */
  @Test
  void roomsOfTheFileQueueKnowOnlyThoseBelowThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("engine")
        .definedBy("dev.fq.file")
        .layer("bundle")
        .definedBy("dev.fq.file.bundle")
        .layer("python")
        .definedBy("dev.fq.file.python")
        .layer("record")
        .definedBy("dev.fq.file.record")
        .layer("format")
        .definedBy("dev.fq.file.format")
        .layer("counter")
        .definedBy("dev.fq.file.counter")
        .layer("disk")
        .definedBy("dev.fq.file.disk")
        .whereLayer("engine")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("bundle")
        .mayOnlyBeAccessedByLayers("engine")
        .whereLayer("python")
        .mayOnlyBeAccessedByLayers("engine")
        .whereLayer("record")
        .mayOnlyBeAccessedByLayers("engine")
        .whereLayer("format")
        .mayOnlyBeAccessedByLayers("engine", "bundle", "python")
        .whereLayer("counter")
        .mayOnlyBeAccessedByLayers("engine", "bundle", "python", "format")
        .check(MAIN);
  }

  /** Scan, the worker and the rest of the engine ask the format and not which one it is. */
  @Test
  void onlyTheOpeningAndTheMigrationKnowWhichFormatItIs() {
    noClasses()
        .that()
        .resideInAPackage("dev.fq.file")
        .and()
        .doNotHaveSimpleName("OpenQueue")
        .and()
        .doNotHaveSimpleName("Migration")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.fq.file.python", "dev.fq.file.bundle")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("OwnFormat")
        .check(MAIN);
  }
}
