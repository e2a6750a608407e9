package io.distillstream.mqtt;

import io.distillstream.foundation.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a broker with its subscriptions, made again after each loss, with pauses that
 * grow to 30 s and are each shortened at random by up to half: what lost a broker at the same
 * moment must not come back at the same moment. Thread-safe. Owns two threads.
 */
public final class MqttLink implements AutoCloseable {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final long NANOS_OF_A_GOOD_SESSION = TimeUnit.SECONDS.toNanos(10);
  private static final long FAREWELL_MILLIS = 3_000;

  /** Is told how the connection is, by the link's own thread. */
  public interface Listener {

    /** The broker has agreed to all subscriptions. */
    void connected();

    /** There is no connection; told once until there was one again. The message is one line. */
    void lost(IOException reason);
  }

  private final MqttBroker broker;
  private final String clientId;
  private final int mostBytes;
  private final List<MqttSubscription> subscriptions;
  private final Listener listener;
  private final Thread thread;
  private final ExecutorService receiving;
  private final Backoff pauses = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  private final Random random = new Random();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable Session session;
  private boolean away;

  /**
   * Nothing is connected before it is started.
   *
   * @param clientId unique among the broker's clients
   * @param mostBytes of a message that is wanted; a broker of MQTT 5 delivers no longer ones, one
   *     of 3.1.1 does
   */
  public MqttLink(
      MqttBroker broker,
      String clientId,
      int mostBytes,
      List<MqttSubscription> subscriptions,
      Listener listener) {
    this.broker = broker;
    this.clientId = clientId;
    this.mostBytes = mostBytes;
    this.subscriptions = subscriptions;
    this.listener = listener;
    this.thread = new Thread(this::run, "mqtt-" + clientId);
    thread.setDaemon(true);
    this.receiving =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread receiver = new Thread(task, "mqtt-messages-" + clientId);
              receiver.setDaemon(true);
              return receiver;
            },
            // Of what comes at the end nobody waits for anything.
            new ThreadPoolExecutor.DiscardPolicy());
  }

  /** Begins to connect. Of no effect when called again. */
  public synchronized void start() {
    if (thread.getState() == Thread.State.NEW && closed.getCount() > 0) {
      thread.start();
    }
  }

  public boolean isConnected() {
    return session != null;
  }

  /**
   * Publishes a message.
   *
   * @return completes when it is sent or, where that is confirmed, when the broker has it; where
   *     the connection is lost before, perhaps never
   * @throws IOException if there is no connection at the moment
   */
  public CompletableFuture<Void> publish(String topic, byte[] payload, Delivery delivery)
      throws IOException {
    Session open = session;
    if (open == null) {
      throw new IOException("The MQTT broker " + broker + " is not connected");
    }
    return open.publish(topic, payload, delivery).thenAccept(done -> {});
  }

  /** The broker's address. */
  @Override
  public String toString() {
    return broker.toString();
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    boolean interrupted = false;
    try {
      thread.join(FAREWELL_MILLIS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    receiving.shutdownNow();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (closed.getCount() > 0) {
      long begun = System.nanoTime();
      try {
        follow();
      } catch (IOException e) {
        lost(e);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        lost(Failures.lost(broker.toString(), e));
      }
      if (System.nanoTime() - begun > NANOS_OF_A_GOOD_SESSION) {
        pauses.reset();
      }
      pause();
    }
  }

  /** One connection. */
  private void follow() throws IOException, InterruptedException {
    try (Session open = Session.open(broker, clientId, mostBytes, receiving)) {
      for (MqttSubscription subscription : subscriptions) {
        open.subscribe(subscription);
      }
      session = open;
      away = false;
      listener.connected();
      open.awaitLoss();
    } finally {
      session = null;
    }
  }

  private void lost(IOException reason) {
    if (!away && closed.getCount() > 0) {
      away = true;
      listener.lost(reason);
    }
  }

  private void pause() {
    long most = pauses.next().toMillis();
    try {
      boolean unused =
          closed.await(most / 2 + (long) (random.nextDouble() * most / 2), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closed.countDown();
    }
  }
}
