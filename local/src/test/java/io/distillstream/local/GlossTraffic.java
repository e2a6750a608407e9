package io.distillstream.local;

import io.distillstream.local.feed.LogFeed;
import io.distillstream.local.feed.TrafficItem;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Glosses with their labels, by the request log. */
public final class GlossTraffic {
  private GlossTraffic() {}

  /** Sends these glosses; returns when the cluster has them. */
  public static void send(ClusterSettings cluster, int from, int to) {
    List<Gloss> glosses = WordNetGlosses.load().traffic();
    try (LogFeed feed = new LogFeed(cluster.connection(), cluster.pipeline())) {
      feed.send(
          IntStream.range(from, to)
              .mapToObj(
                  i ->
                      new TrafficItem(
                          id(i), glosses.get(i).text(), Optional.of(glosses.get(i).label())))
              .toList());
    }
  }

  /** The request id of a gloss. */
  public static String id(int number) {
    return "gloss-" + number;
  }
}
