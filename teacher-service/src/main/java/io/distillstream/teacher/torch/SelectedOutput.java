package io.distillstream.teacher.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.distillstream.teacher.TeacherException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which tensor is read of what a model gives: the tensor itself, one of a tuple or list by its
 * place, or one of a dictionary by its name.
 *
 * @param selector a name, or a place from 0; empty: the tensor, the first, or a dictionary's {@code
 *     logits} or only entry
 */
record SelectedOutput(String selector) {

  private static final String LOGITS = "logits";

  /**
   * The tensor, attached to {@code manager}; borrows {@code given}.
   *
   * @param model its name for messages
   * @throws TeacherException if there is no such tensor
   */
  PtNDArray of(IValue given, PtNDManager manager, String model) {
    if (given.isTensor()) {
      if (!selector.isEmpty()) {
        throw refused(model, "a tensor", "leave it empty");
      }
      return given.toTensor(manager);
    }
    if (given.isTensorList()) {
      PtNDArray[] elements = given.toTensorArray(manager);
      return elements[place(elements.length, model)];
    }
    if (given.isTuple() || given.isList()) {
      IValue[] elements = given.isTuple() ? given.toIValueTuple() : given.toIValueArray();
      try {
        return tensor(elements[place(elements.length, model)], manager, model);
      } finally {
        close(List.of(elements));
      }
    }
    if (given.isMap()) {
      Map<String, IValue> entries = given.toIValueMap();
      try {
        return tensor(entry(entries, model), manager, model);
      } finally {
        close(entries.values());
      }
    }
    throw new TeacherException(
        "%s: expected a tensor, or a tuple, list or dictionary of them, got %s"
            .formatted(model, given.getType()));
  }

  private int place(int elements, String model) {
    String places = "0 to " + (elements - 1);
    if (elements == 0) {
      throw new TeacherException("%s: its output is empty".formatted(model));
    }
    if (selector.isEmpty()) {
      return 0;
    }
    if (!selector.matches("\\d{1,4}") || Integer.parseInt(selector) >= elements) {
      throw refused(
          model, "%d elements without names".formatted(elements), "expected one of " + places);
    }
    return Integer.parseInt(selector);
  }

  private IValue entry(Map<String, IValue> entries, String model) {
    String name = selector;
    if (name.isEmpty()) {
      name = entries.size() == 1 ? entries.keySet().iterator().next() : LOGITS;
    }
    IValue entry = entries.get(name);
    if (entry == null) {
      String names = String.join(", ", new TreeSet<>(entries.keySet()));
      throw refused(model, "a dictionary", "expected one of " + names);
    }
    return entry;
  }

  private PtNDArray tensor(IValue element, PtNDManager manager, String model) {
    if (!element.isTensor()) {
      throw new TeacherException(
          "%s: expected a tensor as %s, got %s".formatted(model, this, element.getType()));
    }
    return element.toTensor(manager);
  }

  private TeacherException refused(String model, String found, String accepted) {
    return new TeacherException(
        "%s: its output is %s, and teacher.torchscript.output is '%s'; %s"
            .formatted(model, found, selector, accepted));
  }

  private static void close(Collection<IValue> values) {
    values.forEach(IValue::close);
  }

  @Override
  public String toString() {
    return selector.isEmpty() ? "output" : "output '%s'".formatted(selector);
  }
}
