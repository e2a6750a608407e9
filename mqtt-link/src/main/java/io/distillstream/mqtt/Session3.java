package io.distillstream.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.message.auth.Mqtt3SimpleAuth;
import com.hivemq.client.mqtt.mqtt3.message.auth.Mqtt3SimpleAuthBuilder;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3Connect;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3ConnectBuilder;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** MQTT 3.1.1, which knows no groups of subscribers. */
final class Session3 extends Session {

  private final Mqtt3AsyncClient client;
  private final MqttBroker broker;

  Session3(
      Mqtt3AsyncClient client,
      MqttBroker broker,
      Executor receiving,
      CompletableFuture<IOException> loss) {
    super(broker.toString(), receiving, loss);
    this.client = client;
    this.broker = broker;
  }

  @Override
  CompletableFuture<?> connect() {
    Mqtt3ConnectBuilder connect =
        Mqtt3Connect.builder().cleanSession(true).keepAlive(KEEP_ALIVE_SECONDS);
    MqttBroker.Login login = broker.login();
    if (login != null) {
      Mqtt3SimpleAuthBuilder.Complete auth = Mqtt3SimpleAuth.builder().username(login.user);
      connect =
          connect.simpleAuth(
              login.password == null ? auth.build() : auth.password(login.password).build());
    }
    return client.connect(connect.build());
  }

  @Override
  CompletableFuture<?> subscribing(MqttSubscription subscription) {
    return client
        .subscribeWith()
        .topicFilter(subscription.filter())
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
        .send();
  }

  @Override
  CompletableFuture<?> disconnect() {
    return client.disconnect();
  }
}
