package io.distillstream.teacher.traffic;

import io.distillstream.runtime.HttpServers;
import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.StageMetrics;
import io.distillstream.teacher.Teacher;
import io.distillstream.wire.ConsumerGroups;
import io.javalin.Javalin;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The labelling stage: texts over HTTP and from {@code requests} in, soft labels out.
 *
 * <p>Two processes of a pipeline need different instance names: the name makes the transactional id
 * and the place in the consumer group, which a process that starts again takes over from the one
 * before it. Not reusable after it was closed.
 */
public final class TeacherService implements Service {

  private static final Logger log = LoggerFactory.getLogger(TeacherService.class);

  /**
   * A dead letter is larger than the record it holds, which may be as large as the cluster lets.
   */
  private static final int LARGEST_REQUEST_BYTES = 4 * 1024 * 1024;

  private static final Duration CLIENT_FAREWELL = Duration.ofSeconds(10);

  private final TeacherSettings settings;
  private final ServiceContext context;
  private final Supplier<? extends Teacher> teachers;

  /** What is to be closed, newest first. */
  private final Deque<Runnable> closers = new ArrayDeque<>();

  private volatile @Nullable Labeller labeller;
  private @Nullable Javalin server;

  /** A service whose teacher is the one that the settings name. */
  public TeacherService(TeacherSettings settings, ServiceContext context) {
    this(settings, context, () -> open(settings));
  }

  /**
   * A service with a teacher of any kind. Nothing is opened before the service is started.
   *
   * @param teachers loads the model when the service starts; the service closes it
   */
  public TeacherService(
      TeacherSettings settings, ServiceContext context, Supplier<? extends Teacher> teachers) {
    this.settings = settings;
    this.context = context;
    this.teachers = teachers;
  }

  @Override
  public String name() {
    return "teacher";
  }

  @Override
  public synchronized void start() {
    try {
      open();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public boolean healthy() {
    Labeller current = labeller;
    return current != null && current.healthy();
  }

  /** The port that predictions are served on. */
  public synchronized int port() {
    if (server == null) {
      throw new IllegalStateException("The teacher service is not started");
    }
    return server.port();
  }

  @Override
  public synchronized void close() {
    labeller = null;
    server = null;
    while (!closers.isEmpty()) {
      closers.pop().run();
    }
  }

  private void open() {
    Teacher teacher = teachers.get();
    closers.push(teacher::close);
    StageMetrics stage = context.stage(name());
    stage.note("teacher_id", teacher.id());
    stage.note("teacher_version", teacher.version());
    TrafficMetrics metrics = TrafficMetrics.of(stage);
    TrafficRecords records =
        new TrafficRecords(context.pipeline(), context.wire(), settings.publication());
    LabelQueue queue = new LabelQueue(settings.bounds());
    Inference inference = new Inference(teacher, settings.bounds().batch());
    stage.gauge("queue_depth", queue::depth);
    stage.gauge("batch_ms", inference::batchMillis);

    Producer<String, byte[]> producer = transactionalProducer();
    closers.push(() -> producer.close(CLIENT_FAREWELL));
    producer.initTransactions();
    Consumer<String, byte[]> consumer = consumer();
    closers.push(() -> consumer.close(leaving()));
    RequestLogReader reader =
        new RequestLogReader(
            consumer, records.requests(), teacher, queue, settings.maxTextBytes(), metrics);
    WindowPublisher publisher =
        new WindowPublisher(
            producer, records, teacher, queue, reader::group, metrics, InstantSource.system());
    GroundTruthPublisher groundTruth =
        new GroundTruthPublisher(groundTruthProducer(), records, InstantSource.system());
    closers.push(groundTruth::close);
    ExecutorService answering = Executors.newFixedThreadPool(2, TeacherService::answeringThread);
    closers.push(answering::shutdown);
    TeacherApi api =
        new TeacherApi(
            teacher,
            queue,
            inference,
            groundTruth,
            metrics,
            limits(),
            answering,
            InstantSource.system());
    Javalin listening =
        HttpServers.start(
            settings.httpHost(),
            settings.httpPort(),
            TeacherSettings.HTTP_PORT.key(),
            List.of(this),
            context.reporter(),
            api::addTo);
    closers.push(listening::stop);
    server = listening;
    // Closed before the server, so that whoever waits is told.
    Labeller started = new Labeller(queue, inference, publisher, reader);
    closers.push(started::close);
    started.start();
    labeller = started;
    log.info(
        "Teacher {} version {} answers on http://{}:{}",
        teacher.id(),
        teacher.version(),
        settings.httpHost(),
        listening.port());
  }

  private TeacherApi.Limits limits() {
    return new TeacherApi.Limits(
        settings.maxBodyBytes(),
        new PredictRequest.Limits(settings.textsPerRequest(), settings.maxTextBytes()));
  }

  private Producer<String, byte[]> transactionalProducer() {
    Map<String, Object> properties = context.cluster().transactionalProducerProperties(identity());
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST_BYTES);
    // A window is sent as a whole and committed at once: there is nothing to linger for.
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    return new KafkaProducer<>(properties);
  }

  private Producer<String, byte[]> groundTruthProducer() {
    Map<String, Object> properties = context.cluster().producerProperties();
    // Somebody waits for the answer.
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
    return new KafkaProducer<>(properties);
  }

  private Consumer<String, byte[]> consumer() {
    Map<String, Object> properties =
        context.cluster().consumerProperties(ConsumerGroups.teacher(context.pipeline()));
    // After a crash the same instance gets its partitions back without waiting for a time-out.
    properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, identity());
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, settings.bounds().window());
    return new KafkaConsumer<>(properties);
  }

  @SuppressWarnings("MustBeClosedChecker") // The service closes it.
  private static Teacher open(TeacherSettings settings) {
    return settings.openTeacher();
  }

  private static CloseOptions leaving() {
    return CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
        .withTimeout(CLIENT_FAREWELL);
  }

  private String identity() {
    return ConsumerGroups.teacher(context.pipeline()) + "." + context.instance();
  }

  private static Thread answeringThread(Runnable work) {
    Thread thread = new Thread(work, "teacher-answers");
    thread.setDaemon(true);
    return thread;
  }
}
