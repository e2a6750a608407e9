package io.distillstream.benchmarks.scenario.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.benchmarks.scenario.run.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** The report as JSON; a figure that there is none of is left out. */
public final class JsonFigures {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonFigures() {}

  public static void write(StreamReport report, Path file) throws IOException {
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(file.toFile(), of(report));
  }

  static ObjectNode of(StreamReport report) {
    ObjectNode json = NODES.objectNode();
    json.put("set", report.set());
    ObjectNode settings = json.putObject("settings");
    report.settings().forEach(settings::put);
    ArrayNode rows = json.putArray("scenarios");
    report.rows().forEach(row -> rows.add(of(row)));
    ArrayNode relapses = json.putArray("relapses");
    report.relapses().forEach(relapse -> relapses.add(of(relapse)));
    ArrayNode peers = json.putArray("peers");
    report.peers().forEach(peer -> peers.add(of(peer)));
    return json;
  }

  private static ObjectNode of(ScenarioRow row) {
    Outcome outcome = row.outcome();
    ObjectNode json = NODES.objectNode();
    json.put("scenario", row.scenario())
        .put("mean_run", row.meanRun())
        .put("variant", row.variant().name())
        .put("agreement", outcome.atEnd())
        .put("of_random", row.overRandom());
    put(json, "change_from", row.changeFrom());
    put(json, "published_agreement", outcome.publishedAtEnd());
    put(json, "published_of_random", row.publishedOverRandom());
    put(json, "least_half_of_random", row.leastHalf());
    put(json, "forgetting", outcome.forgetting());
    put(json, "worst_step", outcome.worstStep());
    put(json, "recovered_after", outcome.recovered());
    put(json, "published_recovered_after", outcome.publishedRecovered());
    json.put("published", outcome.published())
        .put("refused", outcome.refused())
        .put("records_per_second", outcome.recordsPerSecond());
    ArrayNode alarms = json.putArray("alarms");
    outcome.alarms().forEach(alarms::add);
    ArrayNode curve = json.putArray("curve");
    outcome.curve().forEach(point -> curve.add(of(point)));
    return json;
  }

  private static ObjectNode of(Outcome.Point point) {
    ObjectNode json = NODES.objectNode();
    json.put("records", point.position()).put("agreement", point.agreement());
    put(json, "devices", known(point.devices()));
    put(json, "first_half", known(point.first()));
    put(json, "second_half", known(point.second()));
    point.refusal().ifPresent(reason -> json.put("refused", reason));
    return json;
  }

  private static ObjectNode of(Relapse relapse) {
    ObjectNode json = NODES.objectNode();
    json.put("variant", relapse.variant().name())
        .put("agreement_before", relapse.before())
        .put("records", relapse.records());
    put(json, "worst_step", relapse.worstStep());
    ArrayNode seeds = json.putArray("seeds");
    for (Relapse.Seed seed : relapse.seeds()) {
      ObjectNode one = seeds.addObject();
      one.put("seed", seed.seed())
          .put("agreement", seed.atEnd())
          .put("devices", seed.devices())
          .put("published", seed.published())
          .put("refused", seed.refused());
      put(one, "worst_step", seed.worstStep());
    }
    return json;
  }

  private static ObjectNode of(Peer peer) {
    return NODES
        .objectNode()
        .put("scenario", peer.scenario())
        .put("replay", peer.replay())
        .put("agreement", peer.ours())
        .put("pytorch_agreement", peer.theirs())
        .put("records_per_second", peer.ourRecordsPerSecond())
        .put("pytorch_records_per_second", peer.theirRecordsPerSecond());
  }

  private static OptionalDouble known(double value) {
    return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private static void put(ObjectNode json, String name, OptionalDouble value) {
    value.ifPresent(number -> json.put(name, number));
  }

  private static void put(ObjectNode json, String name, OptionalInt value) {
    value.ifPresent(number -> json.put(name, number));
  }
}
