package io.distillstream.local.quantize;

import io.distillstream.quantization.calibrate.CalibrationMethod;
import io.distillstream.quantization.search.ChoiceCriterion;
import io.distillstream.quantization.search.Ladder;
import io.distillstream.quantization.signedness.TargetProcessor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Constants as people write them: in lower case, with hyphens. */
final class HyphenatedNames {
  private HyphenatedNames() {}

  static <E extends Enum<E>> E parse(Class<E> type, String text) {
    List<String> names =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .toList();
    int index = names.indexOf(text.toLowerCase(Locale.ROOT).replace('_', '-'));
    if (index < 0) {
      throw new TypeConversionException(
          "expected one of %s, got '%s'".formatted(String.join(", ", names), text));
    }
    return type.getEnumConstants()[index];
  }

  static final class OfLadder implements ITypeConverter<Ladder> {
    @Override
    public Ladder convert(String text) {
      return parse(Ladder.class, text);
    }
  }

  static final class OfObjective implements ITypeConverter<ChoiceCriterion> {
    @Override
    public ChoiceCriterion convert(String text) {
      return parse(ChoiceCriterion.class, text);
    }
  }

  static final class OfTarget implements ITypeConverter<TargetProcessor> {
    @Override
    public TargetProcessor convert(String text) {
      return parse(TargetProcessor.class, text);
    }
  }

  static final class OfMethod implements ITypeConverter<CalibrationMethod> {
    @Override
    public CalibrationMethod convert(String text) {
      return parse(CalibrationMethod.class, text);
    }
  }
}
