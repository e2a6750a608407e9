package io.distillstream.quantization.engine;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.Port;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The inputs of models that read token ids, under the names that exporters give them. */
public enum TextInput {
  IDS("input_ids"),
  MASK("attention_mask"),
  SEGMENTS("token_type_ids");

  private final String portName;

  TextInput(String portName) {
    this.portName = portName;
  }

  /** Name of the input in the graph. */
  public String portName() {
    return portName;
  }

  /**
   * The one of that name.
   *
   * @throws InvalidModelException if no text model has such an input
   */
  public static TextInput of(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new InvalidModelException(
                    "Expected a model that reads token ids, with inputs among %s, found %s"
                        .formatted(
                            Arrays.stream(values()).map(TextInput::portName).toList(), name)));
  }

  /** Whether a model with these inputs reads token ids and nothing else. */
  public static boolean areAll(Collection<Port> inputs) {
    List<Optional<TextInput>> found = inputs.stream().map(port -> find(port.name())).toList();
    return found.contains(Optional.of(IDS)) && found.stream().allMatch(Optional::isPresent);
  }

  private static Optional<TextInput> find(String name) {
    return Arrays.stream(values()).filter(input -> input.portName.equals(name)).findFirst();
  }
}
