package dev.fq.cli;

import dev.fq.Queueable;
import dev.fq.Task;
import dev.fq.TaskRegistry;
import io.github.classgraph.ClassGraph;
import io.github.classgraph.ClassInfo;
import io.github.classgraph.ClassInfoList;
import io.github.classgraph.ScanResult;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The task types in the jars that the user names. They are found by reading class files; of the
 * jars, no other classes are loaded for that.
 *
 * <p>ClassGraph is 4.8.184, since 5 and 6 name a parent that is in no repository.
 */
final class TaskJars implements AutoCloseable {

  private static final String ALL_JARS = "*";

  private final ClassLoader loader;
  private final TaskRegistry registry;
  private final List<String> leftOut;

  private TaskJars(ClassLoader loader, TaskRegistry registry, List<String> leftOut) {
    this.loader = loader;
    this.registry = registry;
    this.leftOut = leftOut;
  }

  /**
   * The types in these jars and directories, and those that are always known.
   *
   * @param classpath as for {@code java -cp}; null for none
   * @throws IllegalArgumentException if something in it is not there, or there are no tasks in it
   */
  static TaskJars open(@Nullable String classpath) throws IOException {
    if (classpath == null) {
      return new TaskJars(TaskJars.class.getClassLoader(), TaskRegistry.load(), List.of());
    }
    List<Path> paths = paths(classpath);
    URL[] urls = new URL[paths.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = paths.get(i).toUri().toURL();
    }
    URLClassLoader loader = new URLClassLoader(urls, TaskJars.class.getClassLoader());
    List<String> leftOut = new ArrayList<>();
    Class<?>[] types =
        Stream.of(types(paths, loader))
            .filter(type -> isFit(type, leftOut))
            .toArray(Class<?>[]::new);
    TaskRegistry registry = TaskRegistry.load(loader).and(types);
    if (registry.names().equals(TaskRegistry.of().names())) {
      loader.close();
      throw new IllegalArgumentException(
          "--classpath %s: expected classes that implement %s or have @%s methods, found %s"
              .formatted(
                  classpath,
                  Task.class.getName(),
                  Queueable.class.getSimpleName(),
                  leftOut.isEmpty() ? "none" : "only " + String.join("; ", leftOut)));
    }
    return new TaskJars(loader, registry, leftOut);
  }

  /** One class that is not as it must be keeps nobody from working on the others. */
  private static boolean isFit(Class<?> type, List<String> leftOut) {
    try {
      TaskRegistry.of(type);
      return true;
    } catch (IllegalArgumentException e) {
      leftOut.add(e.getMessage());
      return false;
    }
  }

  private static List<Path> paths(String classpath) throws IOException {
    List<Path> paths = new ArrayList<>();
    for (String element : classpath.split(File.pathSeparator, -1)) {
      Path path = Path.of(element);
      if (String.valueOf(path.getFileName()).equals(ALL_JARS)) {
        Path parent = path.getParent();
        paths.addAll(jarsIn(parent == null ? Path.of("") : parent));
      } else if (element.isEmpty() || !Files.exists(path)) {
        throw new IllegalArgumentException(
            "--classpath: expected jars and directories, found \"%s\", which is not there"
                .formatted(element));
      } else {
        paths.add(path);
      }
    }
    return paths;
  }

  private static List<Path> jarsIn(Path directory) throws IOException {
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.{jar,JAR}")) {
      found.forEach(jars::add);
    }
    Collections.sort(jars);
    return jars;
  }

  private static Class<?>[] types(List<Path> paths, ClassLoader loader) {
    try (ScanResult scan =
        new ClassGraph()
            .overrideClasspath(paths)
            .enableExternalClasses()
            .ignoreClassVisibility()
            .ignoreMethodVisibility()
            .enableMethodInfo()
            .enableAnnotationInfo()
            .scan()) {
      Stream<ClassInfo> tasks =
          scan.getAllClasses().stream()
              .filter(type -> type.isExternalClass() && isTask(type, loader))
              .flatMap(TaskJars::heirs)
              .filter(TaskJars::canBeMade);
      ClassInfoList functions = scan.getClassesWithMethodAnnotation(Queueable.class.getName());
      return Stream.concat(tasks, functions.stream())
          .map(ClassInfo::getName)
          .distinct()
          .map(name -> load(name, loader))
          .toArray(Class<?>[]::new);
    }
  }

  /**
   * Whether this, which is in none of the jars but has heirs there, is {@link Task} or its heir.
   */
  private static boolean isTask(ClassInfo outside, ClassLoader loader) {
    try {
      return Task.class.isAssignableFrom(Class.forName(outside.getName(), false, loader));
    } catch (ClassNotFoundException | LinkageError e) {
      // Of a library that is not there, or needs one: so no task of these jars is its heir.
      return false;
    }
  }

  private static Stream<ClassInfo> heirs(ClassInfo type) {
    return (type.isInterface() ? type.getClassesImplementing() : type.getSubclasses()).stream();
  }

  private static boolean canBeMade(ClassInfo type) {
    return !type.isAbstract() && !type.isInterface() && !type.isAnonymousInnerClass();
  }

  private static Class<?> load(String name, ClassLoader loader) {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalArgumentException(
          "--classpath: cannot load %s: %s; are the jars that it needs there too?"
              .formatted(name, e),
          e);
    }
  }

  /** The loader of the jars. */
  ClassLoader loader() {
    return loader;
  }

  TaskRegistry registry() {
    return registry;
  }

  /** The classes that are left out since they cannot be tasks, each with the reason. */
  List<String> leftOut() {
    return List.copyOf(leftOut);
  }

  @Override
  public void close() throws IOException {
    if (loader instanceof URLClassLoader jars) {
      jars.close();
    }
  }
}
