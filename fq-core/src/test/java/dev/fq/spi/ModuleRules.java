package dev.fq.spi;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a compiler does not check, in every module: each has a test that extends this. */
public abstract class ModuleRules {

  /** The classes of the module whose test runs, as Maven has compiled them. */
  protected static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(place -> !place.contains("/jmh_generated/"))
          .importPath(Path.of("target/classes/dev/fq"));

  /** Where a queue, a worker, a benchmark or the command begins. */
  private static final String OPENING =
      ".*(Builder|Provider|Benchmark|file\\.Doctor|file\\.FileRecords|file\\.Migration|cli\\.Main|bench\\.Contender)(\\$.*)?";

  private static final Path SOURCES = Path.of("src/main/java");

  @Test
  void timeComesFromAClock() {
    noClasses()
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(LocalDate.class, "now")
        .orShould()
        .callMethod(LocalDateTime.class, "now")
        .orShould()
        .callMethod(ZonedDateTime.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemDefaultZone")
        .check(MAIN);
  }

  /** Tests put others in their place. */
  @Test
  void clocksAndChanceAreMadeWhereThingsAreOpenedOrBuilt() {
    noClasses()
        .that()
        .haveNameNotMatching(OPENING)
        .should()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callConstructor(Random.class)
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(ThreadLocalRandom.class, "current")
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
    try (Stream<Path> sources = Files.walk(SOURCES)) {
      List<Path> all = sources.filter(file -> file.toString().endsWith(".java")).toList();
      assertThat(all).isNotEmpty();
      for (Path source : all) {
        assertThat(Files.readString(source).replaceAll("(?s)Locale\\.ROOT,.{0,400}?;\\R", ""))
            .as(source.toString())
            .doesNotContainPattern(ofTheCountry);
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
        .and()
        .areNotAnnotatedWith("org.openjdk.jmh.annotations.State")
        .should()
        .haveModifier(JavaModifier.FINAL)
        .orShould()
        .haveModifier(JavaModifier.ABSTRACT)
        .check(MAIN);
  }
}
