package io.distillstream.quantization.data.source;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.Port;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.engine.TextInput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Lengths of the open axes of a model's inputs, for samples that are made up. Axes of one symbol
 * are equally long. The batch, which is an input's first axis, has one sample.
 */
final class OpenAxes {
  private final SampleOptions options;
  private final boolean text;
  private final Set<String> batches = new LinkedHashSet<>();

  /** What each symbol or place is that could be given a length, with the axes it stands for. */
  private final Map<String, Set<String>> open = new LinkedHashMap<>();

  /**
   * Looks at all inputs.
   *
   * @throws InvalidSamplesException if an open axis has no length, or a length no open axis
   */
  OpenAxes(List<Port> inputs, SampleOptions options) {
    this.options = options;
    this.text = TextInput.areAll(inputs);
    for (Port input : inputs) {
      for (int axis = 0; axis < input.shape().size(); axis++) {
        if (input.shape().get(axis) instanceof Dimension.Symbolic symbolic) {
          look(input, axis, symbolic.name());
        }
      }
    }
    checkNames();
    checkLengths();
  }

  private void look(Port input, int axis, String symbol) {
    String place = place(input, axis);
    open.computeIfAbsent(name(symbol, place), name -> new LinkedHashSet<>()).add(place);
    if (axis == 0 || symbol.toLowerCase(Locale.ROOT).contains("batch")) {
      batches.add(name(symbol, place));
    }
  }

  private static String place(Port input, int axis) {
    return input.name() + ":" + axis;
  }

  private static String name(String symbol, String place) {
    return symbol.equals(Dimension.UNNAMED) ? place : symbol;
  }

  private void checkNames() {
    Set<String> known = new LinkedHashSet<>(open.keySet());
    open.values().forEach(known::addAll);
    for (String given : options.dimensions().keySet()) {
      if (!known.contains(given)) {
        throw new InvalidSamplesException(
            "A length is given for %s, which is no open axis of the model; those are %s"
                .formatted(given, known.isEmpty() ? "none" : String.join(", ", known)));
      }
    }
  }

  private void checkLengths() {
    List<String> missing = new ArrayList<>();
    open.forEach(
        (name, places) -> {
          List<String> without = places.stream().filter(p -> length(name, p).isEmpty()).toList();
          if (!without.isEmpty()) {
            missing.add(
                without.equals(List.of(name))
                    ? name
                    : "%s (%s)".formatted(name, String.join(", ", without)));
          }
        });
    if (!missing.isEmpty()) {
      throw new InvalidSamplesException(
          "Made-up samples need a length for each open axis; give one, as --dimension %s=8, for %s"
              .formatted(missing.get(0).replaceFirst(" \\(.*", ""), String.join(", ", missing)));
    }
  }

  private OptionalLong length(String name, String place) {
    Map<String, Long> given = options.dimensions();
    Long length = given.getOrDefault(place, given.get(name));
    if (length != null) {
      return OptionalLong.of(length);
    }
    if (batches.contains(name)) {
      return OptionalLong.of(1);
    }
    return text
        ? OptionalLong.of(options.maxTokens().orElse(SampleOptions.DEFAULT_MAX_TOKENS))
        : OptionalLong.empty();
  }

  /** The shape of one of the inputs with a length for each axis. */
  List<Long> shape(Port input) {
    List<Long> shape = new ArrayList<>();
    for (Dimension dimension : input.shape()) {
      String place = place(input, shape.size());
      shape.add(
          dimension instanceof Dimension.Fixed fixed
              ? fixed.length()
              : length(name(((Dimension.Symbolic) dimension).name(), place), place).orElseThrow());
    }
    return shape;
  }
}
