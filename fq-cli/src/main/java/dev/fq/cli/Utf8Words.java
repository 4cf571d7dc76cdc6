package dev.fq.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds words of the command line that Java has misread. It puts a replacement character in the
 * place of bytes that are not text in the locale's encoding, and a task would keep that character.
 */
final class Utf8Words {

  private static final char REPLACEMENT = '\uFFFD';
  private static final int ASCII = 0x7f;
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private Utf8Words() {}

  /** The complaint about these words, in one line; empty when Java has read them correctly. */
  static Optional<String> complaint(String[] words, @Nullable String queueOfEnvironment) {
    Charset encoding = Charset.forName(System.getProperty("sun.jnu.encoding"));
    if (!encoding.equals(StandardCharsets.UTF_8)) {
      for (String word : words) {
        if (word.chars().anyMatch(c -> c > ASCII)) {
          return Optional.of(
              "this Java reads its command line as "
                  + encoding
                  + ", and an argument has other characters; run fq by its launcher, or with"
                  + " LC_ALL=C.UTF-8");
        }
      }
      return Optional.empty();
    }
    if (queueOfEnvironment != null && queueOfEnvironment.indexOf(REPLACEMENT) >= 0) {
      return Optional.of(QueueArgument.VARIABLE + ": expected UTF-8, found other bytes");
    }
    for (int i = 0; i < words.length; i++) {
      if (words[i].indexOf(REPLACEMENT) >= 0 && !isCommandLineInUtf8()) {
        return Optional.of("argument " + (i + 1) + ": expected UTF-8, found other bytes");
      }
    }
    return Optional.empty();
  }

  /** Somebody may mean the replacement character itself. Linux has the bytes: proc(5). */
  private static boolean isCommandLineInUtf8() {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(COMMAND_LINE)));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    } catch (IOException notLinux) {
      return false;
    }
  }
}
