package io.distillstream.artifacts.incumbent;

import java.util.Arrays;
import java.util.List;

/**
 * Held-out requests and how much each of them counts in a comparison.
 *
 * @param requests label by label, the newest of each first
 * @param weights {@code [requests]}, positive, of sum 1
 * @param ages {@code [requests]}: in half-lives, by the newer requests of the same label
 * @param arrivals {@code [requests]}: how many requests came before each
 * @param since the first arrival of the meaning that holds now
 */
@SuppressWarnings("ArrayRecordComponent")
public record WeightedRequests(
    List<HeldOut> requests, double[] weights, double[] ages, long[] arrivals, long since) {
  public WeightedRequests {
    requests = List.copyOf(requests);
    if (weights.length != requests.size()
        || ages.length != requests.size()
        || arrivals.length != requests.size()) {
      throw new IllegalArgumentException(
          "expected figures of %d requests, got %d weights, %d ages and %d arrivals"
              .formatted(requests.size(), weights.length, ages.length, arrivals.length));
    }
  }

  public int size() {
    return requests.size();
  }

  /** Arrival of the newest request. */
  long newest() {
    return Arrays.stream(arrivals).max().orElse(0);
  }

  /** The weighted mean of one figure a request. */
  double mean(double[] values) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * values[i];
    }
    return sum;
  }
}
