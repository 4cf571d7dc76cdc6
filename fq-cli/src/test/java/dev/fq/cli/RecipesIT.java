package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Each line of docs/recipes.md, with the command as it is installed. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "sed -i and others are GNU's")
class RecipesIT {

  @Test
  void everyRecipeDoesWhatItShows(@TempDir Path directory) throws Exception {
    ConsoleGuide guide = ConsoleGuide.read(Path.of("../docs/recipes.md"));
    assertThat(guide.steps()).hasSizeGreaterThan(15);

    guide.run(directory, InstalledFq.environment(directory));
  }
}
