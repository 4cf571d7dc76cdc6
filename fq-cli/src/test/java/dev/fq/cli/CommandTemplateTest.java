package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What GNU parallel makes of the same words; its results were taken from parallel 20221122. */
class CommandTemplateTest {

  @ParameterizedTest
  @CsvSource({
    "a/b.tif,        a/b.tif,        a/b,        b.tif,    a,    b",
    "b,              b,              b,          b,        .,    b",
    "/b.tar.gz,      /b.tar.gz,      /b.tar,     b.tar.gz, /,    b.tar",
    "a.d/b,          a.d/b,          a.d/b,      b,        a.d,  b",
    "a/.hidden,      a/.hidden,      a/,         .hidden,  a,    ''",
    "a.,             a.,             a,          a.,       .,    a",
    "a/,             a/,             a/,         '',       .,    ''",
    "/,              /,              /,          '',       /,    ''",
    "a//b,           a//b,           a//b,       b,        a,    b",
    "'a b/$c.x',     'a b/$c.x',     'a b/$c',   '$c.x',   'a b', '$c'"
  })
  void placesAreFilledAsGnuParallelFillsThem(
      String input,
      String whole,
      String noExtension,
      String name,
      String directory,
      String nameOnly) {
    CommandTemplate template = CommandTemplate.of(List.of("{}", "{.}", "{/}", "{//}", "{/.}"));

    assertThat(template.command(input))
        .containsExactly(whole, noExtension, name, directory, nameOnly);
  }

  @Test
  void placesMayStandWithinAWordAndMoreThanOnce() {
    assertThat(CommandTemplate.of(List.of("cp", "{}", "{//}/x{/}{/}")).command("a/b"))
        .containsExactly("cp", "a/b", "a/xbb");
  }

  @Test
  void whatTheInputSaysIsNotFilledAgain() {
    assertThat(CommandTemplate.of(List.of("{}", "{/}")).command("{}/{.}"))
        .containsExactly("{}/{.}", "{.}");
  }

  @Test
  void otherBracesStandForThemselves() {
    CommandTemplate template = CommandTemplate.of(List.of("awk", "{print $1}", "{a}", "{ }"));

    assertThat(template.hasPlace()).isFalse();
    assertThat(template.command("x")).containsExactly("awk", "{print $1}", "{a}", "{ }");
  }

  @Test
  void wordOfOnesOwnIsTheOnlyPlace() {
    CommandTemplate template = CommandTemplate.of(List.of("f() { {} {.} @; }"), "@");

    assertThat(template.command("a.b")).containsExactly("f() { {} {.} a.b; }");
  }

  @Test
  void inputComesAtTheEndWhereThereIsNoPlaceForIt() {
    assertThat(CommandTemplate.of(List.of("echo", "{}"), "@").withInputAtTheEnd().command("a"))
        .containsExactly("echo", "{}", "a");
  }
}
