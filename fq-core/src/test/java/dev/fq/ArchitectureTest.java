package dev.fq;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

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
        .resideInAPackage("dev.fq.file")
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
        .resideInAPackage("dev.fq.file")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.fq", "dev.fq.memory")
        .check(MAIN);
    noClasses()
        .that()
        .resideInAPackage("dev.fq.memory")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.fq", "dev.fq.file")
        .check(MAIN);
  }
}
