package io.distillstream.quantization.optimize.shape;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.engine.ValueType;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What exporters compute of shapes, read without running it: a list of numbers, each of which is
 * known or is the length of some value's axis.
 */
final class ShapeTerms {
  private static final Set<Long> INTEGERS =
      Set.of((long) ElementType.INT64.code(), (long) ElementType.INT32.code());

  private final WorkingGraph graph;

  /** One number. */
  sealed interface Term {}

  /** A number that is always the same. */
  record Known(long number) implements Term {}

  /** The length of an axis, counted from the front. */
  record Axis(String value, int axis) implements Term {}

  ShapeTerms(WorkingGraph graph) {
    this.graph = graph;
  }

  /** The numbers of a value: one for a scalar, otherwise those of a vector. */
  Optional<List<Term>> of(String value) {
    Optional<Tensor> constant = graph.constant(value);
    if (constant.isPresent()) {
      return constant.flatMap(ShapeTerms::known);
    }
    return graph.producer(value).filter(Nodes::isDefaultDomain).flatMap(this::of);
  }

  /** The numbers that a node computes. */
  Optional<List<Term>> of(NodeProto node) {
    if (rank(node.getOutput(0)).orElse(1) > 1) {
      return Optional.empty();
    }
    return switch (node.getOpType()) {
      case "Shape" -> shape(node);
      case "Size" ->
          graph.type(node.getInput(0)).flatMap(ValueType::elements).map(n -> List.of(new Known(n)));
      case "Cast" ->
          INTEGERS.contains(Attribute.integerOf(node, "to", 0))
              ? of(node.getInput(0))
              : Optional.empty();
      case "Squeeze", "Unsqueeze", "Identity" -> of(node.getInput(0));
      case "Gather" -> gather(node);
      case "Slice" -> slice(node);
      case "Concat" -> concat(node);
      default -> Optional.empty();
    };
  }

  private static Optional<List<Term>> known(Tensor tensor) {
    boolean vector =
        tensor.dims().size() <= 1
            && (tensor.type() == ElementType.INT64 || tensor.type() == ElementType.INT32);
    if (!vector) {
      return Optional.empty();
    }
    List<Term> terms = new ArrayList<>();
    for (long number : tensor.longs()) {
      terms.add(new Known(number));
    }
    return Optional.of(terms);
  }

  private Optional<List<Term>> shape(NodeProto shape) {
    OptionalInt rank = rank(shape.getInput(0));
    if (!isWhole(shape) || rank.isEmpty()) {
      return Optional.empty();
    }
    List<Term> terms = new ArrayList<>();
    for (int axis = 0; axis < rank.getAsInt(); axis++) {
      terms.add(axis(shape.getInput(0), axis));
    }
    return Optional.of(terms);
  }

  /** Since operator set 15 a Shape may answer some axes only. */
  private static boolean isWhole(NodeProto shape) {
    return !Attribute.isPresent(shape, "start") && !Attribute.isPresent(shape, "end");
  }

  private OptionalInt rank(String value) {
    return graph.type(value).map(type -> type.rank()).orElseGet(OptionalInt::empty);
  }

  private Term axis(String value, int axis) {
    return graph
        .type(value)
        .flatMap(type -> type.length(axis))
        .map(length -> (Term) new Known(length))
        .orElse(new Axis(value, axis));
  }

  private Optional<List<Term>> gather(NodeProto gather) {
    Optional<List<Term>> indices = of(gather.getInput(1)).filter(ShapeTerms::allKnown);
    if (indices.isEmpty() || Attribute.integerOf(gather, "axis", 0) != 0) {
      return Optional.empty();
    }
    List<Term> picked = new ArrayList<>();
    for (long index : numbers(indices.get())) {
      Optional<Term> term = element(gather.getInput(0), Math.toIntExact(index));
      if (term.isEmpty()) {
        return Optional.empty();
      }
      picked.add(term.get());
    }
    return Optional.of(picked);
  }

  /** One number of a vector; of a Shape also where the number of axes is not known. */
  private Optional<Term> element(String vector, int index) {
    Optional<List<Term>> all = of(vector);
    if (all.isPresent()) {
      int place = index < 0 ? index + all.get().size() : index;
      return place >= 0 && place < all.get().size()
          ? Optional.of(all.get().get(place))
          : Optional.empty();
    }
    return Nodes.producer(graph, vector, "Shape")
        .filter(shape -> isWhole(shape) && index >= 0)
        .map(shape -> axis(shape.getInput(0), index));
  }

  private Optional<List<Term>> slice(NodeProto slice) {
    Optional<List<Term>> all = of(slice.getInput(0));
    Optional<Long> start = single(slice, 1);
    Optional<Long> end = single(slice, 2);
    boolean plain =
        (Nodes.input(slice, 3).isEmpty() || single(slice, 3).filter(axis -> axis == 0).isPresent())
            && (Nodes.input(slice, 4).isEmpty()
                || single(slice, 4).filter(step -> step == 1).isPresent());
    if (all.isEmpty() || start.isEmpty() || end.isEmpty() || !plain) {
      return Optional.empty();
    }
    int size = all.get().size();
    int from = place(start.get(), size);
    return Optional.of(all.get().subList(from, Math.max(from, place(end.get(), size))));
  }

  /** Slice counts negative places from the end and cuts off what is too far. */
  private static int place(long given, int size) {
    return (int) Math.max(0, Math.min(size, given < 0 ? given + size : given));
  }

  private Optional<Long> single(NodeProto node, int input) {
    return Nodes.input(node, input)
        .flatMap(this::of)
        .filter(terms -> terms.size() == 1 && allKnown(terms))
        .map(terms -> numbers(terms)[0]);
  }

  private Optional<List<Term>> concat(NodeProto concat) {
    List<Term> terms = new ArrayList<>();
    for (String part : concat.getInputList()) {
      Optional<List<Term>> found = of(part);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      terms.addAll(found.get());
    }
    return Optional.of(terms);
  }

  static boolean allKnown(List<Term> terms) {
    return terms.stream().allMatch(Known.class::isInstance);
  }

  /** The numbers of terms that are all known. */
  static long[] numbers(List<Term> terms) {
    return terms.stream().mapToLong(term -> ((Known) term).number()).toArray();
  }
}
