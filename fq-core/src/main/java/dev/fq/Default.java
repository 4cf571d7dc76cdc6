package dev.fq;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a parameter of a {@link Queueable} method is when it is not given, as in Python. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Default {

  /** The value in JSON: {@code "1.5"}, {@code "\"text\""}, {@code "null"}. */
  String value();
}
