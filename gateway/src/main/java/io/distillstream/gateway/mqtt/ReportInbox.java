package io.distillstream.gateway.mqtt;

import io.distillstream.foundation.Sha256;
import io.distillstream.gateway.report.RefusedReportException;
import io.distillstream.gateway.report.ReportIntake;
import io.distillstream.gateway.report.ReportMetrics;
import io.distillstream.mqtt.Delivery;
import io.distillstream.mqtt.MqttLink;
import io.distillstream.mqtt.MqttMessage;
import io.distillstream.mqtt.MqttSubscription;
import io.distillstream.mqtt.MqttTopics;
import io.distillstream.mqtt.Receipt;
import io.distillstream.update.ReportJson;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what devices publish. The broker is told that a message need not come again once Kafka
 * has it or it was refused; the device that sent a report, once it need not be sent again.
 */
final class ReportInbox {

  private static final Logger log = LoggerFactory.getLogger(ReportInbox.class);

  /** Of several gateways of a broker each message is for one. */
  private static final String GROUP = "gateways";

  /** Of one in the log. */
  private static final int LONGEST_TOPIC = 200;

  private final MqttTopics topics;
  private final ReportIntake intake;
  private final ReportMetrics metrics;
  private final DeviceRate rate;
  private final Supplier<MqttLink> link;

  /**
   * @param link by which devices are answered
   */
  ReportInbox(
      MqttTopics topics,
      ReportIntake intake,
      ReportMetrics metrics,
      DeviceRate rate,
      Supplier<MqttLink> link) {
    this.topics = topics;
    this.intake = intake;
    this.metrics = metrics;
    this.rate = rate;
    this.link = link;
  }

  List<MqttSubscription> subscriptions() {
    return List.of(
        new MqttSubscription(topics.allReports(), GROUP, this::report),
        new MqttSubscription(topics.allStatuses(), GROUP, this::status));
  }

  private void report(MqttMessage message) {
    Optional<String> device = admitted(message);
    if (device.isEmpty()) {
      message.acknowledge();
      return;
    }
    var unused =
        intake
            .report(message.payload(), device)
            .whenComplete(
                (done, failure) -> {
                  // A device that hears nothing sends it again.
                  message.acknowledge();
                  RefusedReportException refused = logged(message, failure);
                  boolean never =
                      refused != null && refused.fault() != RefusedReportException.Fault.MOMENT;
                  if (failure == null || never) {
                    answer(device.get(), message.payload(), refused);
                  }
                });
  }

  private void status(MqttMessage message) {
    Optional<String> device = admitted(message);
    if (device.isPresent()) {
      var unused =
          intake
              .status(message.payload(), device)
              .whenComplete((done, failure) -> logged(message, failure));
    }
    message.acknowledge();
  }

  /** The device that a message is from, if it may be read on. */
  private Optional<String> admitted(MqttMessage message) {
    Optional<String> device = MqttTopics.device(message.topic());
    if (device.isEmpty()) {
      return refuse(message, "its topic does not end with a device's name as in a URL");
    }
    if (message.payload().length > ReportJson.MOST_BYTES) {
      return refuse(message, "it has more than " + ReportJson.MOST_BYTES + " bytes");
    }
    return rate.allows(device.get())
        ? device
        : refuse(message, "its device sends more than gateway.max-requests-per-address a second");
  }

  private Optional<String> refuse(MqttMessage message, String why) {
    metrics.reportRefused();
    log(message, why);
    return Optional.empty();
  }

  /** Why it was not taken in, which is logged where the message is at fault; null if it was. */
  private static @Nullable RefusedReportException logged(
      MqttMessage message, @Nullable Throwable failure) {
    if (failure instanceof RefusedReportException refused) {
      // Of an outage of Kafka there is a line elsewhere, and not one for each message.
      if (refused.fault() != RefusedReportException.Fault.MOMENT) {
        log(message, String.valueOf(refused.getMessage()));
      }
      return refused;
    }
    return null;
  }

  private static void log(MqttMessage message, String why) {
    String topic = message.topic().replaceAll("\\p{Cntrl}", "?");
    log.warn(
        "What was published to {} is not taken in: {}",
        topic.length() <= LONGEST_TOPIC ? topic : topic.substring(0, LONGEST_TOPIC) + "…",
        why);
  }

  private void answer(String device, byte[] report, @Nullable RefusedReportException refused) {
    Receipt receipt =
        new Receipt(Sha256.hex(report), refused == null ? null : refused.getMessage());
    try {
      var unused =
          link.get().publish(topics.receipts(device), receipt.write(), Delivery.AT_LEAST_ONCE);
    } catch (IOException e) {
      log.debug("{} is not told that its report was taken in, and sends it again", device, e);
    }
  }
}
