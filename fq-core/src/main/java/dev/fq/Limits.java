package dev.fq;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What all tasks of a type, or of a {@link Queueable} method, say of their attempts. It is written
 * into each task as it is inserted ({@link dev.fq.spi.TaskLimits}) and goes with it; {@link
 * InsertOptions#limits} comes before it, and what neither says is the worker's to decide.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Limits {

  /** How often the task is attempted before it is dead; 0 for what the worker says. */
  int attempts() default 0;

  /** How many seconds after its first failure the task is tried again; 0 as the worker says. */
  long retryDelaySeconds() default 0;

  /** How many seconds an attempt may take; 0 as the worker says. */
  long timeoutSeconds() default 0;
}
