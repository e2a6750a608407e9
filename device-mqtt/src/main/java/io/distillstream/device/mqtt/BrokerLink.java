package io.distillstream.device.mqtt;

import io.distillstream.device.DeviceSettings;
import io.distillstream.device.http.PublishedManifests;
import io.distillstream.device.http.UpdateReceiver;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.mqtt.Delivery;
import io.distillstream.mqtt.MqttBroker;
import io.distillstream.mqtt.MqttLink;
import io.distillstream.mqtt.MqttMessage;
import io.distillstream.mqtt.MqttSubscription;
import io.distillstream.mqtt.MqttTopics;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A device's one connection to its broker, for what it hears and what it says. */
final class BrokerLink implements MqttLink.Listener, AutoCloseable {

  private static final PlatformLog log = PlatformLog.of(BrokerLink.class);

  /** An announcement has some 400, a receipt 200 and the length of a reason. */
  private static final int MOST_BYTES = 1 << 14;

  private final String device;
  private final MqttTopics topics;
  private final MqttLink link;
  private volatile @Nullable AnnouncementListener listener;
  private volatile @Nullable Consumer<byte[]> receipts;

  BrokerLink(DeviceSettings settings, MqttBroker broker, MqttTopics topics) {
    this.device = settings.deviceId();
    this.topics = topics;
    this.link =
        new MqttLink(
            broker,
            device,
            MOST_BYTES,
            List.of(
                // First, since a report may be sent as soon as all is there.
                MqttSubscription.of(topics.receipts(device), this::receipt),
                MqttSubscription.of(
                    topics.update(settings.model(), settings.channel()), this::announcement)),
            this);
  }

  /** Makes the listener to announcements. */
  AnnouncementListener listener(PublishedManifests manifests, UpdateReceiver receiver) {
    AnnouncementListener made = new AnnouncementListener(link::start, manifests, receiver);
    listener = made;
    return made;
  }

  /**
   * Has receipts handed over.
   *
   * @param receiver of their bytes
   */
  void listenToReceipts(Consumer<byte[]> receiver) {
    receipts = receiver;
  }

  CompletableFuture<Void> report(byte[] json) throws IOException {
    link.start();
    return link.publish(topics.reports(device), json, Delivery.AT_LEAST_ONCE);
  }

  CompletableFuture<Void> status(byte[] json) throws IOException {
    link.start();
    return link.publish(topics.status(device), json, Delivery.AT_MOST_ONCE);
  }

  private void announcement(MqttMessage message) {
    message.acknowledge();
    AnnouncementListener told = listener;
    if (told != null && isShort(message)) {
      told.announced(message.payload());
    }
  }

  private void receipt(MqttMessage message) {
    message.acknowledge();
    Consumer<byte[]> told = receipts;
    if (told != null && isShort(message)) {
      told.accept(message.payload());
    }
  }

  private static boolean isShort(MqttMessage message) {
    if (message.payload().length > MOST_BYTES) {
      log.debug("A message of {} bytes is left out", message.payload().length);
      return false;
    }
    return true;
  }

  @Override
  public void connected() {
    AnnouncementListener told = listener;
    if (told != null) {
      told.connected();
    }
  }

  @Override
  public void lost(IOException reason) {
    AnnouncementListener told = listener;
    if (told != null) {
      told.lost(reason);
    }
  }

  @Override
  public void close() {
    link.close();
  }
}
