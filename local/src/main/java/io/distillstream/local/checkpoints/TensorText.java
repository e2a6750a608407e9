package io.distillstream.local.checkpoints;

import io.distillstream.model.safetensors.Safetensors;
import io.distillstream.model.safetensors.TensorInfo;
import io.distillstream.model.safetensors.TensorType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Tensors of states for a terminal. One tensor of each file is in memory at a time. */
final class TensorText {
  private TensorText() {}

  /** Shape, L2 norm, largest magnitude and share of zeros of every tensor. */
  static List<String> norms(Path state) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(row("tensor", "shape", "L2 norm", "largest", "zeros"));
    try (Safetensors file = Safetensors.open(state)) {
      for (TensorInfo tensor : file.tensors().values()) {
        if (tensor.type() != TensorType.F32) {
          lines.add(row(tensor.name(), tensor.shape(), "-", "-", "-"));
          continue;
        }
        float[] values = file.floats(tensor.name());
        double squares = 0;
        double largest = 0;
        int zeros = 0;
        for (float value : values) {
          squares += (double) value * value;
          largest = Math.max(largest, Math.abs(value));
          zeros += value == 0 ? 1 : 0;
        }
        lines.add(
            row(
                tensor.name(),
                tensor.shape(),
                number(Math.sqrt(squares)),
                number(largest),
                percent(zeros, values.length)));
      }
    }
    return lines;
  }

  /**
   * How much each weight tensor changed: {@code ‖b - a‖ / ‖a‖}, the share of its values that did,
   * and the largest change.
   */
  static List<String> changes(Path before, Path after) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(row("tensor", "shape", "change", "changed", "largest"));
    try (Safetensors a = Safetensors.open(before);
        Safetensors b = Safetensors.open(after)) {
      Set<String> names = new TreeSet<>(a.tensors().keySet());
      names.addAll(b.tensors().keySet());
      for (String name : names) {
        if (name.startsWith("weights.")) {
          lines.add(change(name, a, b));
        }
      }
    }
    return lines;
  }

  private static String change(String name, Safetensors a, Safetensors b) throws IOException {
    TensorInfo left = a.tensors().get(name);
    TensorInfo right = b.tensors().get(name);
    if (left == null || right == null) {
      TensorInfo present = left == null ? b.tensor(name) : left;
      return row(name, present.shape(), left == null ? "added" : "removed", "", "");
    }
    if (!left.shape().equals(right.shape())) {
      return row(name, left.shape() + " → " + right.shape(), "reshaped", "", "");
    }
    float[] from = a.floats(name);
    float[] to = b.floats(name);
    double squares = 0;
    double changes = 0;
    double largest = 0;
    int changed = 0;
    for (int i = 0; i < from.length; i++) {
      double difference = (double) to[i] - from[i];
      squares += (double) from[i] * from[i];
      changes += difference * difference;
      largest = Math.max(largest, Math.abs(difference));
      changed += Float.compare(from[i], to[i]) == 0 ? 0 : 1;
    }
    double relative = changes == 0 ? 0 : Math.sqrt(changes / squares);
    return row(
        name, left.shape(), number(relative), percent(changed, from.length), number(largest));
  }

  private static String row(Object... cells) {
    return String.format(Locale.ROOT, "%-44s %-18s %12s %12s %12s", cells).stripTrailing();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  private static String percent(int part, int whole) {
    return String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }
}
