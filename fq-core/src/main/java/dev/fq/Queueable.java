package dev.fq;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a static method that can be put into a queue with its arguments, as a {@link FunctionTask}.
 * A worker calls it only if its class is in the worker's {@link TaskRegistry}.
 *
 * <p>In JSON a function goes by module and name, as Python functions do. Unless set, they are the
 * name of the class with its package and the name of the method; with them set, a Java method
 * stands for a Python function, and the other way round:
 *
 * <pre>{@code
 * @Queueable(module = "igneous.tasks", name = "downsample")
 * static void downsample(Path layer, int mip) { … }
 * }</pre>
 *
 * <p>A parameter goes by its name in the source, which the class file keeps if it was compiled with
 * {@code -parameters}, or by what {@link com.fasterxml.jackson.annotation.JsonProperty} says. The
 * result of the method, if it is not {@code void}, is the task's {@link TaskContext#result result}.
 * Variable numbers of arguments are refused.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Queueable {

  /** The module; empty for the name of the class. */
  String module() default "";

  /** The name; empty for the name of the method. */
  String name() default "";
}
