package io.distillstream.quantization.engine;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One call of a model: a tensor for each of its inputs, the batch axis included.
 *
 * @param inputs by name
 */
public record Sample(Map<String, TensorValue> inputs) {
  public Sample {
    inputs = Map.copyOf(inputs);
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("A sample needs at least one input");
    }
  }

  /**
   * One text for a model that reads token ids: {@code [1, tokens]} ids, a mask of ones and segments
   * of zeros, as far as the model has such inputs.
   *
   * @param tokens ids, at least one
   */
  public static Sample ofTokens(int[] tokens, Iterable<String> inputNames) {
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    for (String name : inputNames) {
      long[] values = new long[tokens.length];
      for (int i = 0; i < tokens.length; i++) {
        values[i] =
            switch (TextInput.of(name)) {
              case IDS -> tokens[i];
              case MASK -> 1;
              case SEGMENTS -> 0;
            };
      }
      inputs.put(name, TensorValue.of(values, 1, tokens.length));
    }
    return new Sample(inputs);
  }
}
