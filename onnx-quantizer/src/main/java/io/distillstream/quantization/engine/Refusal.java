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

  private static final Pattern CODE =
      Pattern.compile("^(?:Error code - \\S+ - message: )?(?:Exception during initialization: )?");
  private static final Pattern FAILED_NODE =
      Pattern.compile("running (\\S+) node\\. Name:'(.*?)' Status Message: (.*)");
  private static final Pattern SOURCE = Pattern.compile("\\S+\\.(?:cc|cpp|h|hpp):\\d+ ");
  private static final int MOST_CHARACTERS = 300;

  private Refusal() {}

  /** Of a model that is not loaded. */
  static InvalidModelException of(OrtException e) {
    return new InvalidModelException(explain(String.valueOf(e.getMessage())), e);
  }

  /** Of a sample that a model fails on. */
  static InvalidModelException ofRun(OrtException e) {
    return new InvalidModelException(explainRun(String.valueOf(e.getMessage())), e);
  }

  static String explainRun(String message) {
    String line = oneLine(message);
    Matcher node = FAILED_NODE.matcher(line);
    return node.find()
        ? "The model fails on its input at node %s (%s): %s"
            .formatted(node.group(2), node.group(1), plain(node.group(3)))
        : "The model fails on its input: " + plain(line);
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
    return "ONNX Runtime refuses the model: " + plain(oneLine(message));
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s+", " ");
  }

  /** Without error codes, places in ONNX Runtime's sources and signatures of its functions. */
  private static String plain(String message) {
    String text = CODE.matcher(message).replaceFirst("");
    for (Matcher source = SOURCE.matcher(text); source.find(); source = SOURCE.matcher(text)) {
      text = text.substring(0, source.start()) + afterSignature(text.substring(source.end()));
    }
    return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…";
  }

  /** What follows the parameters of the function that the text begins with. */
  private static String afterSignature(String text) {
    int open = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      open += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (open < 0) {
        break;
      }
      if (c == ')' && open == 0) {
        return text.substring(i + 1).replaceFirst("^ ?(const)? ", "");
      }
    }
    return text;
  }
}
