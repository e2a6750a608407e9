package io.distillstream.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.UpdateManifest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelTest {

  private final Channels channels = new Channels();
  private final Channel channel = channels.of("glosses", "stable");
  private final List<Long> told = new ArrayList<>();

  @Test
  void shouldTellWatchersOfEachNewestOnce() {
    Publication one = publication(1);
    Publication two = publication(2);
    channel.watch(news -> told.add(news.manifest().version()));

    channel.offer(List.of(one));
    channel.offer(List.of(one));
    channel.offer(List.of(one, two));
    channel.offer(List.of(two));

    assertThat(told).containsExactly(1L, 2L);
    assertThat(channel.newest()).contains(two);
  }

  @Test
  void shouldOfferWhatCameLastWhateverItsVersion() {
    channel.watch(news -> told.add(news.manifest().version()));

    channel.offer(List.of(publication(1L << 39)));
    channel.offer(List.of(publication(1L << 39), publication(7)));

    assertThat(told).containsExactly(1L << 39, 7L);
  }

  @Test
  void shouldTellAWatcherNothingThatIsForgotten() {
    Watcher watcher = news -> told.add(news.manifest().version());
    channel.watch(watcher);
    channel.forget(watcher);

    channel.offer(List.of(publication(1)));

    assertThat(told).isEmpty();
  }

  @Test
  void shouldListChannelsThatHaveSomethingByName() {
    channels.of("glosses", "empty");
    channels.of("glosses", "beta").offer(List.of(publication(3)));
    channel.offer(List.of(publication(1)));

    assertThat(channels.all()).extracting(Channel::name).containsExactly("beta", "stable");
    assertThat(channels.find("glosses", "empty")).isEmpty();
    assertThat(channels.find("glosses", "stable")).containsSame(channel);
  }

  private static Publication publication(long version) {
    return new Publication(
        new UpdateManifest(
            "glosses",
            "stable",
            version,
            "labels",
            "onnx",
            ArtifactRef.byDigest(1, "ab".repeat(32)),
            List.of(),
            List.of(),
            0,
            ArrivalCounts.NONE));
  }
}
