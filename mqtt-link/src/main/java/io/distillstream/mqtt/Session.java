package io.distillstream.mqtt;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientBuilder;
import com.hivemq.client.mqtt.MqttClientExecutorConfig;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.MqttClientTransportConfigBuilder;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One connection to a broker, from its beginning to its loss; the broker keeps nothing of it. */
abstract class Session implements AutoCloseable {

  /** A broker that is silent for half as long again is lost. */
  static final int KEEP_ALIVE_SECONDS = 30;

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  /** What messages may take that wait to be received; what comes beyond it is left out. */
  private static final int ROOM_BYTES = 32 << 20;

  /** Of a message beside its payload. */
  private static final int HEAD_BYTES = 1 << 10;

  private final String broker;
  private final Executor receiving;
  private final CompletableFuture<IOException> loss;
  private final Semaphore room = new Semaphore(ROOM_BYTES);

  /**
   * @param receiving borrowed; has one thread
   */
  Session(String broker, Executor receiving, CompletableFuture<IOException> loss) {
    this.broker = broker;
    this.receiving = receiving;
    this.loss = loss;
  }

  /**
   * Hands a message over to its receiver. The library's thread goes on at once: it is also the one
   * that hears what a broker agrees to.
   */
  void deliver(MqttSubscription subscription, MqttMessage message) {
    int bytes = HEAD_BYTES + message.payload().length;
    if (!room.tryAcquire(bytes)) {
      message.acknowledge();
      return;
    }
    receiving.execute(
        () -> {
          try {
            subscription.receiver().accept(message);
          } catch (RuntimeException e) {
            // Whoever sent it may send it again, in another session.
            message.acknowledge();
            loss.complete(Failures.lost(broker, e));
          } finally {
            room.release(bytes);
          }
        });
  }

  /**
   * Connects.
   *
   * @param mostBytes of a message that is wanted; brokers of MQTT 5 deliver no longer ones
   * @param receiving where messages are received
   * @throws IOException with one line that says why there is no connection
   */
  static Session open(MqttBroker broker, String clientId, int mostBytes, Executor receiving)
      throws IOException {
    CompletableFuture<IOException> loss = new CompletableFuture<>();
    MqttClientBuilder client =
        MqttClient.builder()
            .identifier(clientId)
            .transportConfig(transport(broker))
            .executorConfig(MqttClientExecutorConfig.builder().nettyThreads(1).build())
            .addDisconnectedListener(
                context -> loss.complete(Failures.lost(broker.toString(), context.getCause())));
    Session session =
        switch (broker.version()) {
          case V3_1_1 ->
              new Session3(client.useMqttVersion3().buildAsync(), broker, receiving, loss);
          case V5 ->
              new Session5(
                  client.useMqttVersion5().buildAsync(), broker, mostBytes, receiving, loss);
        };
    boolean opened = false;
    try {
      session.await(session.connect(), "");
      opened = true;
      return session;
    } finally {
      if (!opened) {
        session.close();
      }
    }
  }

  private static MqttClientTransportConfig transport(MqttBroker broker) {
    MqttClientTransportConfigBuilder transport =
        MqttClientTransportConfig.builder()
            .serverHost(broker.host())
            .serverPort(broker.port())
            .socketConnectTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .mqttConnectTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (!broker.isEncrypted()) {
      return transport.build();
    }
    return transport
        .sslConfig(
            MqttClientSslConfig.builder()
                .trustManagerFactory(broker.trusted())
                .keyManagerFactory(broker.shown())
                .build())
        .build();
  }

  /** Completes when the broker has agreed. */
  abstract CompletableFuture<?> connect();

  /** Completes when the broker has agreed. */
  abstract CompletableFuture<?> subscribing(MqttSubscription subscription);

  /** Completes when the message is sent or, where that is confirmed, when the broker has it. */
  abstract CompletableFuture<?> publish(String topic, byte[] payload, Delivery delivery);

  /** Completes when the connection is closed. */
  abstract CompletableFuture<?> disconnect();

  /**
   * Begins to receive.
   *
   * @throws IOException if the broker does not allow it, or is lost meanwhile
   */
  void subscribe(MqttSubscription subscription) throws IOException {
    await(subscribing(subscription), "subscription to " + subscription.filter() + ": ");
  }

  /**
   * Returns when the connection is lost.
   *
   * @throws IOException always, with the reason
   * @throws InterruptedException when it is not waited for any longer
   */
  void awaitLoss() throws IOException, InterruptedException {
    try {
      throw loss.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("It is never completed by a failure", e);
    }
  }

  @Override
  public void close() {
    if (!loss.isDone()) {
      try {
        Object unused = disconnect().get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException e) {
        // It was lost at the same time.
        loss.complete(Failures.lost(broker, e));
      }
    }
  }

  private void await(CompletableFuture<?> answer, String what) throws IOException {
    try {
      Object unused = answer.get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("The connection to " + broker + " is closed");
    } catch (TimeoutException e) {
      throw new IOException(Failures.line(broker, what + "it does not answer"), e);
    } catch (ExecutionException e) {
      @Nullable Throwable cause = e.getCause();
      throw new IOException(Failures.line(broker, what + Failures.reason(cause)), e);
    }
  }
}
