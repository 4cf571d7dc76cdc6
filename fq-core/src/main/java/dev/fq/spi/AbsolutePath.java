package dev.fq.spi;

import java.nio.file.Path;

/**
 * Makes paths absolute, and means by {@code ..} what the kernel means by it.
 *
 * <p>Paths are not normalized, since {@code ..} behind a symbolic link leads elsewhere.
 */
public final class AbsolutePath {

  private AbsolutePath() {}

  /**
   * The path from the root on, without {@code .}. Each {@code ..} stays: behind a symbolic link it
   * leads to the parent of what the link points at ({@code path_resolution(7)}), and taking it out
   * with the name before it would lead elsewhere.
   */
  public static Path of(Path path) {
    Path absolute = path.toAbsolutePath();
    Path result = absolute.getRoot();
    for (Path name : absolute) {
      if (!name.toString().equals(".")) {
        result = result == null ? name : result.resolve(name);
      }
    }
    return result == null ? absolute : result;
  }
}
