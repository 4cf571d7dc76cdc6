package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fq.InsertOptions;
import dev.fq.TaskQueue;
import dev.fq.spi.Payload;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles the Java of the documents, so that it cannot rot. */
class DocumentationTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\n(.*?)^```$");
  private static final Pattern ROW = Pattern.compile("(?m)^\\|.*\\| ([^|]*) \\|$");
  private static final Pattern CODE = Pattern.compile("`([^`]*[;}])`");
  private static final Pattern DECLARATION =
      Pattern.compile("(?s)\\s*(?:record |static |TaskQueue queue;).*");

  private static final String IMPORTS =
      """
      import static dev.fq.Functions.bind;
      import static dev.fq.Functions.call;
      import com.fasterxml.jackson.annotation.*;
      import dev.fq.*;
      import dev.fq.spi.*;
      import java.io.*;
      import java.nio.file.*;
      import java.time.*;
      import java.util.*;
      import java.util.function.*;
      import java.util.stream.*;
      """;

  @TempDir private Path classes;

  private static String read(String document) throws IOException {
    return Files.readString(ROOT.resolve(document));
  }

  private static List<String> find(Pattern pattern, String text) {
    List<String> found = new ArrayList<>();
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      found.add(matcher.group(1));
    }
    return found;
  }

  /** Declarations as members of one class, everything else as methods of it. */
  private static String program(List<String> pieces) {
    StringBuilder members = new StringBuilder("TaskQueue queue;\n");
    int methods = 0;
    for (String piece : pieces) {
      if (DECLARATION.matcher(piece).matches()) {
        members.append(piece.replace("TaskQueue queue;\n", ""));
      } else {
        members.append("void piece%d() throws Exception {\n%s\n}\n".formatted(methods++, piece));
      }
    }
    return IMPORTS + "class Document {\n" + members + "}\n";
  }

  private void assertCompiles(String className, String program) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    JavaFileObject source =
        new SimpleJavaFileObject(
            URI.create("string:///" + className + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return program;
          }
        };
    List<String> options =
        List.of(
            "-parameters",
            "-d",
            classes.toString(),
            "-proc:none",
            "-cp",
            System.getProperty("java.class.path"));

    boolean compiled =
        compiler.getTask(messages, null, null, options, null, List.of(source)).call();

    assertThat(compiled).as("%s%n%s", messages, program).isTrue();
  }

  @Test
  void everyBlockOfTheGuideToTasksCompiles() throws IOException {
    List<String> blocks = find(BLOCK, read("docs/tasks.md"));

    assertThat(blocks).hasSizeGreaterThan(8);
    assertCompiles("Document", program(blocks));
  }

  @Test
  void everyBlockOfTheGuideToSchedulingCompiles() throws IOException {
    List<String> blocks = find(BLOCK, read("docs/scheduling.md"));

    assertThat(blocks).hasSizeGreaterThan(3);
    assertCompiles("Document", program(blocks));
  }

  @Test
  void everyLineForThoseWhoComeFromPythonCompiles() throws IOException {
    String document = read("docs/from-python.md");
    List<String> pieces = new ArrayList<>(find(BLOCK, document));
    find(ROW, document).forEach(cell -> pieces.addAll(find(CODE, cell)));

    assertThat(pieces).hasSizeGreaterThan(60);
    assertCompiles("Document", program(pieces));
  }

  @Test
  void everyPromiseOfTheFirstPageHasTestsThatAreThere() throws IOException {
    Pattern promise = Pattern.compile("(?m)^\\| ([A-Z][^|]+) \\| [A-Z][^|]*\\|$");
    List<String> promised = find(promise, read("README.md"));
    String document = read("docs/reliability.md");
    List<String> proven =
        find(Pattern.compile("(?m)^\\| ([^|]+) \\| `[^|]*\\| [^|]*\\|$"), document);
    promised.remove("Promised");

    assertThat(proven).hasSameSizeAs(promised);
    List<String> tests = find(Pattern.compile("`(\\w+(?:Test|IT))`"), document);
    assertThat(tests).hasSizeGreaterThan(promised.size());
    try (Stream<Path> files = Files.walk(ROOT)) {
      assertThat(files.map(file -> file.getFileName().toString()).toList())
          .containsAll(tests.stream().map(test -> test + ".java").toList());
    }
  }

  @Test
  void exampleOfTheFirstPageCompilesAndTheCommandExecutesIt() throws IOException {
    List<String> blocks = find(BLOCK, read("README.md"));
    assertThat(blocks).hasSize(1);
    assertCompiles("Square", blocks.get(0));
    String queue = classes.resolve("q").toString();
    try (TaskQueue tasks = TaskQueue.open(queue)) {
      Payload seven = Payload.ofJson("{\"n\": 7, \"class\": \"Square\"}");
      tasks.insertPayloads(List.of(seven).iterator(), InsertOptions.none());
    }

    Fq work = Fq.run("work", queue, "--classpath", classes.toString(), "--exit-on-empty");

    assertThat(work.code()).isEqualTo(ExitCode.DONE);
    assertThat(Fq.run("status", queue, "--json").out()).contains("\"completed\":1");
  }
}
