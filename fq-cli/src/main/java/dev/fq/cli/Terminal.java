package dev.fq.cli;

import java.io.Console;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Whether somebody is looking. */
final class Terminal {

  private static final int STANDARD_OUTPUT = 1;
  private static final int STANDARD_ERROR = 2;

  private Terminal() {}

  static boolean isStandardOutput() {
    return isTerminal(STANDARD_OUTPUT);
  }

  static boolean isStandardError() {
    return isTerminal(STANDARD_ERROR);
  }

  /** Linux tells what a descriptor is; elsewhere Java tells of input and output together. */
  private static boolean isTerminal(int descriptor) {
    Path link = Path.of("/proc/self/fd", Integer.toString(descriptor));
    try {
      String target = Files.readSymbolicLink(link).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException notLinux) {
      return isInteractive(System.console());
    }
  }

  /** From Java 22 on there is always a console, which is asked whether it is a terminal. */
  private static boolean isInteractive(@Nullable Console console) {
    try {
      Method isTerminal = Console.class.getMethod("isTerminal");
      return console != null && (boolean) isTerminal.invoke(console);
    } catch (NoSuchMethodException beforeJava22) {
      return console != null;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
