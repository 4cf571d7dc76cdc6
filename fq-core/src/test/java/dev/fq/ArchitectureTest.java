package dev.fq;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules of ARCHITECTURE.md that a compiler does not check. */
class ArchitectureTest {

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.fq");

  @Test
  void timeComesFromAClock() {
    noClasses()
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(LocalDateTime.class, "now")
        .orShould()
        .callMethod(ZonedDateTime.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemDefaultZone")
        .check(MAIN);
  }

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

  @Test
  void packagesFormNoCycle() {
    slices().assignedFrom(new ByPackage()).should().beFreeOfCycles().check(MAIN);
  }

  private static final class ByPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }

  /** {@code %d} writes the digits of the reader's country; {@code %s} those that all can read. */
  @Test
  void numbersAreWrittenInTheDigitsOfAscii() throws IOException {
    Pattern ofTheCountry = Pattern.compile("%[-+0,.0-9]*[defg]");
    for (String module : List.of("fq-core", "fq-sqs", "fq-pubsub", "fq-cli")) {
      try (Stream<Path> sources = Files.walk(Path.of("..", module, "src/main/java"))) {
        List<Path> all = sources.filter(file -> file.toString().endsWith(".java")).toList();
        assertThat(all).isNotEmpty();
        for (Path source : all) {
          assertThat(Files.readString(source).replaceAll("(?s)Locale\\.ROOT,.{0,300}?;", ""))
              .as(source.toString())
              .doesNotContainPattern(ofTheCountry);
        }
      }
    }
  }

  @Test
  void whatIsPublicIsFinalOrAContract() {
    classes()
        .that()
        .arePublic()
        .and()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(MAIN);
  }
}
