package io.distillstream.quantization.optimize.fusion;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.quantization.optimize.pass.Nodes;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import java.util.Optional;
import java.util.Set;

/**
 * An expression of one value written as a polynomial, so that the many ways in which exporters
 * write the same expression compare equal.
 */
final class Polynomial {
  /** Of x⁰, x¹, … */
  private final double[] coefficients;

  private Polynomial(double[] coefficients) {
    this.coefficients = coefficients;
  }

  private static final int MAX_DEGREE = 8;

  /**
   * Reads what adds, subtracts, multiplies and divides one value and constants.
   *
   * @param value to read
   * @param variable the value that counts as x
   * @param visited takes up the nodes read
   */
  static Optional<Polynomial> of(
      WorkingGraph graph, String value, String variable, Set<NodeProto> visited) {
    if (value.equals(variable)) {
      return Optional.of(new Polynomial(new double[] {0, 1}));
    }
    Optional<Float> number = Nodes.number(graph, value);
    if (number.isPresent()) {
      return Optional.of(new Polynomial(new double[] {number.get()}));
    }
    NodeProto node = graph.producer(value).orElse(null);
    if (node == null || !Nodes.isDefaultDomain(node) || node.getInputCount() != 2) {
      return Optional.empty();
    }
    Optional<Polynomial> left = of(graph, node.getInput(0), variable, visited);
    Optional<Polynomial> right =
        left.isEmpty() ? left : of(graph, node.getInput(1), variable, visited);
    if (right.isEmpty()) {
      return Optional.empty();
    }
    visited.add(node);
    return left.get().combine(node.getOpType(), right.get());
  }

  private Optional<Polynomial> combine(String op, Polynomial other) {
    return switch (op) {
      case "Add" -> Optional.of(plus(other, 1));
      case "Sub" -> Optional.of(plus(other, -1));
      case "Mul" -> times(other);
      case "Div" ->
          other.isConstant()
              ? times(new Polynomial(new double[] {1 / other.coefficients[0]}))
              : Optional.empty();
      case "Pow" -> other.isConstant() ? power(other.coefficients[0]) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** Whether the coefficients are these, to single precision, and no others. */
  boolean isCloseTo(double... expected) {
    for (int i = 0; i < Math.max(expected.length, coefficients.length); i++) {
      double wanted = i < expected.length ? expected[i] : 0;
      double actual = i < coefficients.length ? coefficients[i] : 0;
      if (!(Math.abs(actual - wanted) <= 1e-6 * Math.abs(wanted) + 1e-12)) {
        return false;
      }
    }
    return true;
  }

  private boolean isConstant() {
    return coefficients.length == 1;
  }

  private Polynomial plus(Polynomial other, int sign) {
    double[] sum = new double[Math.max(coefficients.length, other.coefficients.length)];
    System.arraycopy(coefficients, 0, sum, 0, coefficients.length);
    for (int i = 0; i < other.coefficients.length; i++) {
      sum[i] += sign * other.coefficients[i];
    }
    return new Polynomial(sum);
  }

  private Optional<Polynomial> times(Polynomial other) {
    int degree = coefficients.length + other.coefficients.length - 2;
    if (degree > MAX_DEGREE) {
      return Optional.empty();
    }
    double[] product = new double[degree + 1];
    for (int i = 0; i < coefficients.length; i++) {
      for (int j = 0; j < other.coefficients.length; j++) {
        product[i + j] += coefficients[i] * other.coefficients[j];
      }
    }
    return Optional.of(new Polynomial(product));
  }

  private Optional<Polynomial> power(double exponent) {
    Optional<Polynomial> power = Optional.of(new Polynomial(new double[] {1}));
    if (exponent != Math.rint(exponent) || exponent < 0 || exponent > MAX_DEGREE) {
      return Optional.empty();
    }
    for (int i = 0; i < exponent; i++) {
      power = power.flatMap(this::times);
    }
    return power;
  }
}
