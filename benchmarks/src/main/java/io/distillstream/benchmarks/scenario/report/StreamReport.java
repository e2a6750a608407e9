package io.distillstream.benchmarks.scenario.report;

import java.util.List;
import java.util.Map;

/**
 * Everything that was measured.
 *
 * @param set the labelled texts, in words
 * @param settings how it was run: options and chosen settings of trainer and gate
 * @param rows of the scenarios, those of one scenario together
 * @param relapses of good students
 * @param peers the same students elsewhere
 */
public record StreamReport(
    String set,
    Map<String, String> settings,
    List<ScenarioRow> rows,
    List<Relapse> relapses,
    List<Peer> peers) {
  public StreamReport {
    rows = List.copyOf(rows);
    relapses = List.copyOf(relapses);
    peers = List.copyOf(peers);
  }
}
