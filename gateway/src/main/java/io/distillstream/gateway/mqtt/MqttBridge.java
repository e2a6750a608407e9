package io.distillstream.gateway.mqtt;

import io.distillstream.gateway.channel.Channels;
import io.distillstream.gateway.report.ReportIntake;
import io.distillstream.gateway.report.ReportMetrics;
import io.distillstream.mqtt.MqttLink;
import io.distillstream.runtime.StageMetrics;
import io.distillstream.update.ReportJson;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway at an MQTT broker: announces the newest update of each channel and takes in what
 * devices report. A broker that is away hinders nothing else.
 */
public final class MqttBridge implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MqttBridge.class);
  private static final String NOTE = "mqtt_broker";

  private final StageMetrics stage;
  private final MqttLink link;
  private final Announcer announcer;

  private MqttBridge(
      MqttEndpoint endpoint,
      Channels channels,
      ReportIntake intake,
      ReportMetrics metrics,
      int perDevice,
      StageMetrics stage) {
    this.stage = stage;
    ReportInbox inbox =
        new ReportInbox(
            endpoint.topics(),
            intake,
            metrics,
            new DeviceRate(perDevice, System::nanoTime),
            this::link);
    link =
        new MqttLink(
            endpoint.broker(),
            "distillstream-gateway-" + UUID.randomUUID(),
            ReportJson.MOST_BYTES,
            inbox.subscriptions(),
            new Connection());
    Counter announced = announcements(stage);
    announcer = new Announcer(endpoint.topics(), channels, link, announced::increment);
  }

  /**
   * Begins to connect, and goes on trying.
   *
   * @param perDevice messages that a device may send a second
   */
  public static MqttBridge start(
      MqttEndpoint endpoint,
      Channels channels,
      ReportIntake intake,
      ReportMetrics metrics,
      int perDevice,
      StageMetrics stage) {
    if (endpoint.broker().hasPassword() && !endpoint.broker().isEncrypted()) {
      log.warn("The gateway's password goes to {} unencrypted; ssl:// encrypts", endpoint.broker());
    }
    MqttBridge bridge = new MqttBridge(endpoint, channels, intake, metrics, perDevice, stage);
    gauge(stage, bridge);
    bridge.announcer.start();
    bridge.link.start();
    return bridge;
  }

  /** Declares the metrics of a gateway that knows no broker. */
  public static void none(StageMetrics stage) {
    Counter unused = announcements(stage);
    gauge(stage, null);
  }

  private static Counter announcements(StageMetrics stage) {
    return stage.counter(
        "gateway_mqtt_announcements", "Announcements of updates that the MQTT broker has taken.");
  }

  private static void gauge(StageMetrics stage, @Nullable MqttBridge bridge) {
    stage.gauge(
        "gateway_mqtt_connected",
        "Whether the MQTT broker is connected: 1 or 0, NaN where none is set.",
        () -> bridge == null ? Double.NaN : bridge.link.isConnected() ? 1 : 0);
  }

  private MqttLink link() {
    return Objects.requireNonNull(link);
  }

  /** That the broker is away, as a clause; empty if it is not. */
  public Optional<String> remark() {
    return link.isConnected()
        ? Optional.empty()
        : Optional.of("the MQTT broker " + link + " is not connected");
  }

  @Override
  public void close() {
    announcer.close();
    link.close();
  }

  private final class Connection implements MqttLink.Listener {

    @Override
    public void connected() {
      log.info("Devices are told of updates by {}", link);
      stage.note(NOTE, "connected");
      announcer.connected();
    }

    @Override
    public void lost(IOException reason) {
      log.warn("{}; devices on it hear of no update until it can", reason.getMessage());
      stage.note(NOTE, String.valueOf(reason.getMessage()));
    }
  }
}
