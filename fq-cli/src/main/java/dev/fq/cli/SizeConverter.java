package dev.fq.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads sizes as people write them, in bytes or powers of 1,024: 4096, 512K, 1M, 10G. */
final class SizeConverter implements ITypeConverter<Long> {

  private static final Pattern FORM = Pattern.compile("(\\d{1,9})([KMGT]?)");

  @Override
  public Long convert(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new TypeConversionException(
          "expected a number, and maybe one of K, M, G, T, like 512K or 10G, found \""
              + text
              + "\"");
    }
    int power = "KMGT".indexOf(form.group(2)) + (form.group(2).isEmpty() ? 0 : 1);
    long number = Long.parseLong(form.group(1));
    if (number > Long.MAX_VALUE >> (10 * power)) {
      throw new TypeConversionException("expected a smaller size, found \"" + text + "\"");
    }
    return number << (10 * power);
  }
}
