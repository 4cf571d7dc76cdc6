package dev.fq.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import picocli.CommandLine;

/** Runs the real command line in this process, and keeps what it prints. */
record Fq(int code, String out, String err) {

  static Fq run(String... arguments) {
    return runWith(Map.of(), arguments);
  }

  static Fq runWith(Map<String, String> environment, String... arguments) {
    return runAt(Clock.systemUTC(), environment, arguments);
  }

  static Fq runAt(Clock clock, Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Main.commandLine(environment, clock, bytes)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int code = commandLine.execute(arguments);
    return new Fq(code, out + bytes.toString(StandardCharsets.UTF_8), err.toString());
  }
}
