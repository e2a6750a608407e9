package io.distillstream.teacher.traffic;

import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.StageMetrics;
import io.distillstream.runtime.http.HttpServer;
import io.distillstream.runtime.tracing.Tracing;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.http.CallSpans;
import io.distillstream.teacher.http.TeacherApi;
import io.distillstream.teacher.log.LoggedRequests;
import io.distillstream.teacher.log.RequestLogReader;
import io.distillstream.teacher.log.StaticMembership;
import io.distillstream.teacher.publish.GroundTruthPublisher;
import io.distillstream.teacher.publish.TrafficRecords;
import io.distillstream.teacher.publish.WindowPublisher;
import io.distillstream.teacher.queue.Inference;
import io.distillstream.teacher.queue.LabelQueue;
import io.distillstream.teacher.queue.Pace;
import io.distillstream.teacher.queue.TrafficMetrics;
import io.distillstream.wire.trace.Spans;
import io.distillstream.wire.transaction.Transactions;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;
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

  /** Callers over HTTP wait for the commit. */
  private static final int COMMIT_ATTEMPTS = 3;

  private final TeacherSettings settings;
  private final ServiceContext context;
  private final Supplier<? extends Teacher> teachers;
  private final TeacherClients clients;

  /** What is to be closed, newest first. */
  private final Deque<Runnable> closers = new ArrayDeque<>();

  private volatile @Nullable Teacher answering;
  private volatile @Nullable Labeller labeller;
  private @Nullable HttpServer server;

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
    this.clients = new TeacherClients(context, settings.group());
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
    return current != null && current.hindrance().isEmpty() && hindrance().isEmpty();
  }

  @Override
  public Optional<String> hindrance() {
    Teacher current = answering;
    return context
        .hindrance()
        .or(() -> current == null ? Optional.empty() : unavailability(current));
  }

  private static Optional<String> unavailability(Teacher teacher) {
    return teacher.unavailability().map(away -> "the teacher cannot answer: " + away.reason());
  }

  @Override
  public boolean alive() {
    Labeller current = labeller;
    return current != null && current.alive();
  }

  /** The port that predictions are served on. */
  public synchronized int port() {
    if (server == null) {
      throw new IllegalStateException("The teacher service is not started");
    }
    return server.port();
  }

  @Override
  public synchronized Optional<URI> address() {
    return Optional.ofNullable(server).map(HttpServer::address);
  }

  @Override
  public synchronized void close() {
    answering = null;
    labeller = null;
    server = null;
    while (!closers.isEmpty()) {
      closers.pop().run();
    }
  }

  private void open() {
    Teacher teacher = teachers.get();
    closers.push(teacher::close);
    answering = teacher;
    StageMetrics stage = context.stage(name());
    teacher.show(stage);
    stage.note("teacher_id", teacher.id());
    stage.note("teacher_version", teacher.version());
    TrafficMetrics metrics = TrafficMetrics.of(stage);
    TrafficRecords records =
        new TrafficRecords(
            context.pipeline(), context.wire(), settings.publication(), settings.group(), spans());
    Pace pace = new Pace();
    LabelQueue queue = new LabelQueue(settings.bounds(), pace);
    Inference inference = new Inference(teacher, settings.bounds().batch(), pace, metrics::ran);
    stage.gauge("queue_depth", "Texts and records that wait.", queue::depth);
    stage.gauge(
        "batch_seconds",
        "Running mean of the time that the model takes for a batch, in seconds.",
        pace::batchSeconds);
    stage.gauge(
        "expected_wait_seconds",
        "How long a text sent over HTTP now is expected to wait for its answer, in seconds.",
        queue::expectedWaitSeconds);

    LoggedRequests requests =
        new LoggedRequests(records.requests(), teacher, settings.maxTextBytes(), settings.group());
    RequestLogReader reader =
        new RequestLogReader(
            () -> clients.consumer(settings.bounds().window()),
            requests,
            queue,
            metrics,
            context.disk()::hasRoom);
    closers.push(reader::close);
    WindowPublisher publisher =
        new WindowPublisher(
            () -> Transactions.open(clients.transactionalProducer(), COMMIT_ATTEMPTS),
            records,
            teacher,
            queue,
            reader::group,
            metrics,
            InstantSource.system());
    closers.push(publisher::close);
    publisher.connect();
    serve(teacher, queue, records, metrics);
    // Closed before the server, so that whoever waits is told.
    Reconnection reconnection =
        new Reconnection(
            publisher,
            new StaticMembership(context.cluster(), reader::group)::heldByAnother,
            Reconnection.SUCCESSOR_JOINS,
            Reconnection.SESSION_ENDS);
    Labeller started =
        new Labeller(
            queue,
            inference,
            publisher,
            new LogReading(reader, publisher, reconnection),
            reconnection,
            pace);
    closers.push(started::close);
    started.start();
    labeller = started;
  }

  private Spans spans() {
    return context.spans(name(), Tracing.Roots.SAMPLED);
  }

  /** Why nothing that is labelled can be published at this moment. */
  private Optional<String> unpublishable() {
    Labeller current = labeller;
    if (current == null) {
      return Optional.of("the teacher is starting or stopping");
    }
    return context.hindrance().or(current::hindrance);
  }

  private void serve(
      Teacher teacher, LabelQueue queue, TrafficRecords records, TrafficMetrics metrics) {
    GroundTruthPublisher groundTruth =
        new GroundTruthPublisher(clients.groundTruthProducer(), records, InstantSource.system());
    closers.push(groundTruth::close);
    ExecutorService answering = Executors.newFixedThreadPool(2, TeacherService::answeringThread);
    closers.push(answering::shutdown);
    TeacherApi api =
        new TeacherApi(
            teacher,
            queue,
            groundTruth,
            metrics,
            new TeacherApi.Limits(
                settings.textsPerRequest(),
                settings.maxTextBytes(),
                settings.bounds().answerExpected(),
                settings.bounds().answerWithin()),
            this::unpublishable,
            answering,
            InstantSource.system());
    CallSpans calls = new CallSpans(spans());
    HttpServer listening =
        HttpServer.start(
            settings.http(),
            List.of(this),
            context.reporter().registry(),
            new Handler.Wrapper(),
            api.early(),
            config -> {
              calls.addTo(config);
              api.addTo(config);
            });
    closers.push(listening::close);
    server = listening;
    log.info(
        "Teacher {} version {} answers on {}",
        teacher.id(),
        teacher.version(),
        listening.address());
  }

  @SuppressWarnings("MustBeClosedChecker") // The service closes it.
  private static Teacher open(TeacherSettings settings) {
    return settings.openTeacher();
  }

  private static Thread answeringThread(Runnable work) {
    Thread thread = new Thread(work, "teacher-answers");
    thread.setDaemon(true);
    return thread;
  }
}
