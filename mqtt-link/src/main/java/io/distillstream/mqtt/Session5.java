package io.distillstream.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5ConnectBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** MQTT 5. */
final class Session5 extends Session {

  /** Of what a message has beside its payload, its topic above all. */
  private static final int HEAD_BYTES = 1 << 16;

  private final Mqtt5AsyncClient client;
  private final MqttBroker broker;
  private final int mostBytes;
  private volatile boolean groups;

  Session5(
      Mqtt5AsyncClient client,
      MqttBroker broker,
      int mostBytes,
      Executor receiving,
      CompletableFuture<IOException> loss) {
    super(broker.toString(), receiving, loss);
    this.client = client;
    this.broker = broker;
    this.mostBytes = mostBytes;
  }

  @Override
  CompletableFuture<?> connect() {
    Mqtt5ConnectBuilder connect =
        Mqtt5Connect.builder()
            .cleanStart(true)
            .sessionExpiryInterval(0)
            .keepAlive(KEEP_ALIVE_SECONDS)
            .restrictions()
            // No bound of messages under way: HiveMQ's client counts some that it has acknowledged,
            // and under a flood ends the connection of a broker that is within it.
            .maximumPacketSize(mostBytes + HEAD_BYTES)
            .applyRestrictions();
    MqttBroker.Login login = broker.login();
    if (login != null) {
      Mqtt5SimpleAuthBuilder.Complete auth = Mqtt5SimpleAuth.builder().username(login.user);
      connect =
          connect.simpleAuth(
              login.password == null ? auth.build() : auth.password(login.password).build());
    }
    return client
        .connect(connect.build())
        .thenAccept(agreed -> groups = agreed.getRestrictions().isSharedSubscriptionAvailable());
  }

  @Override
  CompletableFuture<?> subscribing(MqttSubscription subscription) {
    String filter = subscription.filter();
    return client
        .subscribeWith()
        .topicFilter(
            groups && !subscription.group().isEmpty()
                ? "$share/" + subscription.group() + "/" + filter
                : filter)
        .qos(MqttQos.AT_LEAST_ONCE)
        .callback(
            publish ->
                deliver(
                    subscription,
                    new MqttMessage(
                        publish.getTopic().toString(),
                        publish.getPayloadAsBytes(),
                        publish::acknowledge)))
        .manualAcknowledgement(true)
        .send();
  }

  @Override
  CompletableFuture<?> publish(String topic, byte[] payload, Delivery delivery) {
    return client
        .publishWith()
        .topic(topic)
        .qos(delivery.isConfirmed() ? MqttQos.AT_LEAST_ONCE : MqttQos.AT_MOST_ONCE)
        .retain(delivery.isRetained())
        .payload(payload)
        .send()
        .thenAccept(Session5::requireTaken);
  }

  private static void requireTaken(Mqtt5PublishResult result) {
    result
        .getError()
        .ifPresent(
            refusal -> {
              throw new CompletionException(refusal);
            });
  }

  @Override
  CompletableFuture<?> disconnect() {
    return client.disconnect();
  }
}
