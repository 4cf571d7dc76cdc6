package dev.fq;

import java.util.Collection;

/**
 * Names the task types of a library, so that every worker that has the library on its class path
 * knows them. Found by {@link java.util.ServiceLoader}: the library lists its provider in {@code
 * META-INF/services/dev.fq.TaskProvider}, or in its module's declaration.
 */
public interface TaskProvider {

  /** Classes that are tasks, or have {@link Queueable} methods. */
  Collection<Class<?>> types();
}
