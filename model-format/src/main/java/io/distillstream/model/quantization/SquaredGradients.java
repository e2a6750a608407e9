package io.distillstream.model.quantization;

import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelMetadata;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What training knows of how much each constant of a model matters: the mean squared gradient of
 * its loss by a weight of that constant. A quantizer reads it from the metadata of the fp32 model
 * and ranks layers by it; devices have no use for it, so artifacts leave it out.
 */
public final class SquaredGradients {
  /** Of the entry in a model's metadata. */
  public static final String KEY = ModelMetadata.PREFIX + "training.squared-gradients";

  private SquaredGradients() {}

  /** The entry's value: {@code name=value} by semicolons, in alphabetic order. */
  public static String toText(Map<String, Double> byConstant) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(byConstant)
        .forEach(
            (name, value) ->
                text.append(text.length() == 0 ? "" : ";").append(name).append('=').append(value));
    return text.toString();
  }

  /**
   * By constant, from a model's metadata; empty where there is no such entry.
   *
   * @throws ModelFormatException if it cannot be read
   */
  public static Map<String, Double> from(Map<String, String> metadata) {
    String text = metadata.getOrDefault(KEY, "");
    Map<String, Double> byConstant = new LinkedHashMap<>();
    if (text.isEmpty()) {
      return byConstant;
    }
    for (String entry : text.split(";", -1)) {
      int equals = entry.lastIndexOf('=');
      try {
        byConstant.put(entry.substring(0, equals), Double.parseDouble(entry.substring(equals + 1)));
      } catch (NumberFormatException | IndexOutOfBoundsException e) {
        throw new ModelFormatException(
            String.format("Model metadata: %s holds \"%s\", expected name=number", KEY, entry), e);
      }
    }
    return byConstant;
  }
}
