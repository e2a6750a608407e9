package io.distillstream.trainer.objective;

import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.parameter.ParameterList;
import io.distillstream.trainer.student.StudentSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Linear maps of a student's hidden vectors that serve training alone: trained and checkpointed
 * beside the spec's parameters, left out of the exported model.
 *
 * <p>With {@link #distillation() a distillation head}, logits of their own learn from the teacher,
 * while the classifier learns from labels: Touvron et al., <a
 * href="https://arxiv.org/abs/2012.12877">Training Data-Efficient Image Transformers</a>, 2021. The
 * student answers with the mean of both, and both are linear in the same vector, so that the mean
 * is one linear layer: devices pay nothing. With {@link #embedding an embedding head}, hidden
 * vectors are projected to the teacher's embeddings.
 *
 * @param heads in the order of their names
 */
public record TrainingHeads(List<Head> heads) {

  /** Name of the linear map to logits that learn from the teacher. */
  public static final String DISTILLATION = Head.PREFIX + "distillation";

  /** Name of the linear map to the teacher's embeddings. */
  public static final String EMBEDDING = Head.PREFIX + "embedding";

  /** No heads. */
  public static final TrainingHeads NONE = new TrainingHeads(List.of());

  private static final String ENTRY = "heads.";
  private static final String PER_CLASS = "true";

  /**
   * @throws IllegalArgumentException if two heads have one name
   */
  public TrainingHeads {
    Map<String, Head> byName = new TreeMap<>();
    for (Head head : heads) {
      if (byName.put(head.name(), head) != null) {
        throw new IllegalArgumentException("two heads " + head.name());
      }
    }
    heads = List.copyOf(byName.values());
  }

  public static TrainingHeads of(Head... heads) {
    return new TrainingHeads(List.of(heads));
  }

  /** Logits that learn from the teacher. */
  public static Head distillation() {
    return new Head(DISTILLATION, Head.CLASSES);
  }

  /** A projection to the teacher's embeddings, of so many dimensions. */
  public static Head embedding(int dimension) {
    return new Head(EMBEDDING, dimension);
  }

  public boolean has(String name) {
    return heads.stream().anyMatch(head -> head.name().equals(name));
  }

  /** Columns of the head of this name; 0 without one. */
  public int columns(String name) {
    return heads.stream().filter(head -> head.name().equals(name)).mapToInt(Head::columns).sum();
  }

  /** The heads' parameters in a fixed order, on students of this spec. */
  public List<Parameter> parameters(StudentSpec spec) {
    ParameterList list = new ParameterList();
    int width = hiddenWidth(spec);
    for (Head head : heads) {
      list.linear(head.name(), width, head.columnsOn(spec));
    }
    return list.toList();
  }

  /** As entries of a state's header, one per head. */
  public Map<String, String> header() {
    Map<String, String> header = new LinkedHashMap<>();
    for (Head head : heads) {
      header.put(
          ENTRY + head.name().substring(Head.PREFIX.length()),
          head.columns() == Head.CLASSES ? PER_CLASS : Integer.toString(head.columns()));
    }
    return header;
  }

  /**
   * The inverse of {@link #header()}; other entries are ignored, and {@code false} and 0 stand for
   * no head.
   */
  public static TrainingHeads read(Map<String, String> header) {
    List<Head> heads = new ArrayList<>();
    header.forEach(
        (key, value) -> {
          if (key.startsWith(ENTRY) && !value.equals("false") && !value.equals("0")) {
            int columns = value.equals(PER_CLASS) ? Head.CLASSES : Integer.parseInt(value);
            heads.add(new Head(Head.PREFIX + key.substring(ENTRY.length()), columns));
          }
        });
    return new TrainingHeads(heads);
  }

  /** Width of the vectors that the classifier maps to logits. */
  private static int hiddenWidth(StudentSpec spec) {
    String classifier = StudentSpec.CLASSIFIER + ".weight";
    return spec.parameters().stream()
        .filter(parameter -> parameter.name().equals(classifier))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(spec + " has no " + classifier))
        .rows();
  }
}
