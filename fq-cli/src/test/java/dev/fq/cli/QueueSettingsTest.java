package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.spi.Capability;
import dev.fq.spi.OpenMode;
import dev.fq.spi.QueueBackend;
import dev.fq.spi.QueueBackendProvider;
import dev.fq.spi.QueueOption;
import dev.fq.spi.QueueOption.Use;
import dev.fq.spi.QueueUrl;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class QueueSettingsTest {

  @TempDir private Path directory;

  /** A kind of queue of which the command knows nothing. */
  private static final class Kettles implements QueueBackendProvider {

    @Override
    public Set<String> schemes() {
      return Set.of("kettle");
    }

    @Override
    public String example() {
      return "kettle://name";
    }

    @Override
    public List<QueueOption> options() {
      return List.of(
          new QueueOption("waterLevel", "PERCENT", "Up to 100% of it.", Use.OPEN),
          new QueueOption("pourOut", "", "All at once.", Use.PURGE),
          QueueOption.CREATE_QUEUE,
          QueueOption.inAddresses("lid", "COLOUR", "Of the lid."));
    }

    @Override
    public Set<Capability> capabilities() {
      return Set.of(Capability.SIZE);
    }

    @Override
    public QueueBackend open(QueueUrl url, OpenMode mode) {
      throw new UnsupportedOperationException("it boils");
    }
  }

  private static Set<String> optionsOf(Object verb) {
    CommandLine command = new CommandLine(verb);
    QueueSettings.addOptions(command.getCommandSpec(), List.of(new Kettles()));
    return command.getCommandSpec().optionsMap().keySet();
  }

  @Test
  void settingsOfAnyKindOfQueueStandAtTheVerbsThatItCanDo() {
    assertThat(optionsOf(new StatusCommand())).contains("--water-level").doesNotContain("--create");
    assertThat(optionsOf(new WaitCommand())).contains("--water-level");
    assertThat(optionsOf(new WorkCommand())).contains("--water-level", "--create");
    assertThat(optionsOf(new InsertCommand())).contains("--water-level", "--create");
    assertThat(optionsOf(new MvCommand())).contains("--water-level", "--create");
    assertThat(optionsOf(new PurgeCommand())).contains("--water-level", "--pour-out");
    for (Object cannot :
        List.of(new ListCommand(), new PeekCommand(), new ReleaseCommand(), new RezeroCommand())) {
      assertThat(optionsOf(cannot)).doesNotContain("--water-level");
    }
    assertThat(optionsOf(new WorkCommand())).doesNotContain("--lid", "--pour-out");
  }

  @Test
  void helpTellsWhatAKindSaysOfItsSettings() {
    CommandLine command = new CommandLine(new StatusCommand());
    QueueSettings.addOptions(command.getCommandSpec(), List.of(new Kettles()));

    assertThat(command.getUsageMessage()).contains("--water-level=PERCENT").contains("Up to 100%");
  }

  @Test
  void settingThatTheQueueDoesNotHaveIsRefused() {
    Fq status = Fq.run("status", directory.toString(), "--region", "eu-central-1");

    assertThat(status.code()).isEqualTo(ExitCode.USAGE);
    assertThat(status.err()).contains("unknown option \"region\"; fq:// knows [create, durable");
  }

  @Test
  void settingThatNeitherOfTwoQueuesHasIsRefused() {
    String from = directory.resolve("a").toString();
    String to = directory.resolve("b").toString();
    Fq.run("submit", from, "--", "true");

    Fq moved = Fq.run("mv", from, to, "--region", "eu-central-1");

    assertThat(moved.code()).isEqualTo(ExitCode.USAGE);
    assertThat(moved.err())
        .isEqualTo("fq: option region: none of %s, %s has such a setting%n".formatted(from, to));
    assertThat(directory.resolve("b")).doesNotExist();
  }

  @Test
  void verbThatIsRunAloneHasTheSettingsThatItsArgumentsMayName() {
    assertThat(alone("status", "q", "--endpoint", "http://localhost:9324"))
        .contains("--endpoint", "--region");
    assertThat(alone("status", "q", "--help")).contains("--endpoint");
    assertThat(alone("status", "q")).contains("--json");
  }

  private static Set<String> alone(String... arguments) {
    CommandLine root = Main.commandLineFor(OutputStream.nullOutputStream(), arguments);
    return root.getSubcommands().get(arguments[0]).getCommandSpec().optionsMap().keySet();
  }
}
