package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Puts nodes in an order in which they can run. Kahn 1962, Topological sorting of large networks.
 */
final class TopologicalOrder {
  private final List<NodeProto> nodes;
  private final Map<String, Integer> producers = new HashMap<>();

  private TopologicalOrder(List<NodeProto> nodes) {
    this.nodes = nodes;
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).getOutputList()) {
        producers.putIfAbsent(output, i);
      }
    }
    producers.remove("");
  }

  /**
   * The same nodes, each behind those whose results it uses; the given order where that leaves a
   * choice, so that a sorted list stays as it is.
   *
   * @throws InvalidModelException if nodes wait for each other
   */
  static List<NodeProto> of(List<NodeProto> nodes) {
    return new TopologicalOrder(nodes).sorted();
  }

  private List<NodeProto> sorted() {
    List<List<Integer>> waiting = new ArrayList<>();
    int[] open = new int[nodes.size()];
    nodes.forEach(node -> waiting.add(new ArrayList<>()));
    for (int i = 0; i < open.length; i++) {
      for (int needed : needs(i)) {
        waiting.get(needed).add(i);
        open[i]++;
      }
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < open.length; i++) {
      if (open[i] == 0) {
        ready.add(i);
      }
    }
    List<NodeProto> sorted = new ArrayList<>();
    while (!ready.isEmpty()) {
      int next = ready.remove();
      sorted.add(nodes.get(next));
      for (int waiter : waiting.get(next)) {
        if (--open[waiter] == 0) {
          ready.add(waiter);
        }
      }
    }
    if (sorted.size() < nodes.size()) {
      throw new InvalidModelException(
          "The graph has a cycle, its nodes wait for each other: " + cycle(open));
    }
    return sorted;
  }

  /** The nodes whose results a node uses, each once. */
  private Set<Integer> needs(int node) {
    Set<String> uses = new LinkedHashSet<>();
    GraphCheck.addUses(nodes.get(node), uses);
    Set<Integer> needs = new LinkedHashSet<>();
    for (String value : uses) {
      Integer producer = producers.get(value);
      if (producer != null) {
        needs.add(producer);
      }
    }
    return needs;
  }

  /** Walks from a node that never ran to one it waits for, until a node comes again. */
  private String cycle(int[] open) {
    int node = 0;
    while (open[node] == 0) {
      node++;
    }
    Deque<Integer> path = new ArrayDeque<>();
    Set<Integer> seen = new HashSet<>();
    while (seen.add(node)) {
      path.addFirst(node);
      node = needs(node).stream().filter(needed -> open[needed] > 0).findFirst().orElseThrow();
    }
    while (path.peekLast() != null && path.getLast() != node) {
      path.removeLast();
    }
    path.addFirst(node);
    return String.join(
        " → ", path.stream().map(index -> GraphCheck.describe(nodes.get(index))).toList());
  }
}
