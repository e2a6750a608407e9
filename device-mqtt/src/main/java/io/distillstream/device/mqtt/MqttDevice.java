package io.distillstream.device.mqtt;

import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.http.Gateway;
import io.distillstream.device.http.HttpUpdateSource;
import io.distillstream.mqtt.MqttBroker;
import io.distillstream.mqtt.MqttTopics;
import java.io.IOException;

/** Opens devices that hear of updates and report over MQTT; files come from a gateway over HTTP. */
public final class MqttDevice {

  private MqttDevice() {}

  /**
   * Opens a device; nothing is connected before it is started. Its id is its client id at the
   * broker.
   *
   * @param gateway whose files it fetches
   * @param broker by which it hears of updates and reports
   * @param topics of the pipeline
   * @throws IOException if the device's folder cannot be read
   * @throws IllegalStateException if another device uses the folder
   */
  public static DeviceClient open(
      DeviceSettings settings, Gateway gateway, MqttBroker broker, MqttTopics topics)
      throws IOException {
    BrokerLink link = new BrokerLink(settings, broker, topics);
    return new DeviceClient(
        settings,
        new HttpUpdateSource(gateway, settings.model(), settings.channel(), link::listener),
        new MqttReportSink(link));
  }
}
