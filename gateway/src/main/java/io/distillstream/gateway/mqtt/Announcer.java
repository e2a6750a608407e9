package io.distillstream.gateway.mqtt;

import com.grack.nanojson.JsonWriter;
import io.distillstream.foundation.Backoff;
import io.distillstream.gateway.channel.Channel;
import io.distillstream.gateway.channel.Channels;
import io.distillstream.gateway.channel.Publication;
import io.distillstream.mqtt.Delivery;
import io.distillstream.mqtt.MqttLink;
import io.distillstream.mqtt.MqttTopics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the broker hold the newest update of every channel, whatever it held before. Owns a thread,
 * which looks what is to be announced.
 */
final class Announcer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Announcer.class);
  private static final long LOOK_MILLIS = 100;
  private static final long CONFIRMATION_MILLIS = 10_000;

  private final MqttTopics topics;
  private final Channels channels;
  private final MqttLink link;
  private final Runnable announced;
  private final Map<Channel, String> held = new HashMap<>();
  private final Backoff pauses = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
  private long notBefore = System.nanoTime();
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "gateway-announcements");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param link borrowed
   * @param announced is told of each announcement that the broker has
   */
  Announcer(MqttTopics topics, Channels channels, MqttLink link, Runnable announced) {
    this.topics = topics;
    this.channels = channels;
    this.link = link;
    this.announced = announced;
  }

  void start() {
    var unused =
        looking.scheduleWithFixedDelay(
            this::announce, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The broker may be another one, or have lost what it held. */
  void connected() {
    looking.execute(
        () -> {
          held.clear();
          pauses.reset();
          notBefore = System.nanoTime();
        });
  }

  private void announce() {
    if (!link.isConnected() || System.nanoTime() - notBefore < 0) {
      return;
    }
    boolean complete = true;
    for (Channel channel : channels.all()) {
      Publication newest = channel.newest().orElseThrow();
      complete &= newest.digest().equals(held.get(channel)) || announce(channel, newest);
    }
    if (complete) {
      pauses.reset();
    } else {
      notBefore = System.nanoTime() + pauses.next().toNanos();
    }
  }

  private boolean announce(Channel channel, Publication newest) {
    String topic = topics.update(channel.model(), channel.name());
    byte[] json = JsonWriter.string(newest.summary()).getBytes(StandardCharsets.UTF_8);
    try {
      var unused =
          link.publish(topic, json, Delivery.RETAINED)
              .get(CONFIRMATION_MILLIS, TimeUnit.MILLISECONDS);
      held.put(channel, newest.digest());
      announced.run();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | IOException | RuntimeException e) {
      if (link.isConnected()) {
        log.warn("{} does not take the announcement on {}: {}", link, topic, reason(e));
      }
    }
    return false;
  }

  private static String reason(Exception failure) {
    return failure instanceof TimeoutException
        ? "it does not answer"
        : String.valueOf(failure.getCause() == null ? failure : failure.getCause());
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
