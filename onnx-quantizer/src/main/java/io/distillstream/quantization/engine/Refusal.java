package io.distillstream.quantization.engine;

import ai.onnxruntime.OrtException;
import io.distillstream.onnx.InvalidModelException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts ONNX Runtime's refusals into words that name the culprit and what would be accepted. */
final class Refusal {
  private static final Pattern UNKNOWN_DOMAIN =
      Pattern.compile("Fatal error: (\\S+):([^:\\s]+)\\(-?\\d+\\) is not a registered function/op");
  private static final Pattern NOT_IN_OPSET =
      Pattern.compile("No [Oo]p registered for (\\S+) with domain_version of (\\d+)");
  private static final Pattern NO_KERNEL =
      Pattern.compile(
          "Could not find an implementation for (\\S+?)\\((\\d+)\\) node with name '(.*?)'");

  private Refusal() {}

  static InvalidModelException of(OrtException e) {
    return new InvalidModelException(explain(String.valueOf(e.getMessage())), e);
  }

  static String explain(String message) {
    Matcher foreign = UNKNOWN_DOMAIN.matcher(message);
    if (foreign.find()) {
      return "Operator %s of the domain %s is unknown to ONNX Runtime; accepted are ONNX's operators, those of com.microsoft, and functions that the model brings along"
          .formatted(foreign.group(2), foreign.group(1));
    }
    Matcher absent = NOT_IN_OPSET.matcher(message);
    if (absent.find()) {
      return "Operator %s is none of operator set %s, which the model imports; accepted are ONNX's operators up to that version"
          .formatted(absent.group(1), absent.group(2));
    }
    Matcher kernel = NO_KERNEL.matcher(message);
    if (kernel.find()) {
      return "Node %s: ONNX Runtime does not implement %s of operator set %s for the element types it is given"
          .formatted(kernel.group(3), kernel.group(1), kernel.group(2));
    }
    return "ONNX Runtime refuses the model: " + message;
  }
}
