package io.distillstream.tap;

import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.StageMetrics;
import io.distillstream.runtime.http.HttpServer;
import io.distillstream.tap.journal.Journal;
import io.distillstream.tap.journal.JournalPublisher;
import io.distillstream.tap.journal.JournalWriter;
import io.distillstream.tap.metrics.TapMetrics;
import io.distillstream.tap.proxy.ExchangeWatch;
import io.distillstream.tap.proxy.Recording;
import io.distillstream.tap.proxy.TapHandler;
import io.distillstream.tap.proxy.Upstream;
import io.distillstream.tap.record.RecordingMemory;
import io.distillstream.tap.sample.Sampler;
import io.distillstream.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes requests on to a language model's server and its answers back, and records what the model
 * said on the topic of completions. An outage of the brokers is none of its clients' business. Any
 * number of taps may serve one pipeline.
 */
public final class TapService implements Service {

  private static final Logger log = LoggerFactory.getLogger(TapService.class);

  private final TapSettings settings;
  private final ServiceContext context;
  private volatile @Nullable Running running;

  /** What lives from start to close. */
  private record Running(
      Journal journal,
      JournalWriter writer,
      JournalPublisher publisher,
      Upstream upstream,
      ExchangeWatch watch,
      HttpServer server) {}

  /** Borrows the context. */
  public TapService(TapSettings settings, ServiceContext context) {
    this.settings = settings;
    this.context = context;
  }

  @Override
  public String name() {
    return "tap";
  }

  @Override
  public synchronized void start() {
    if (running != null) {
      throw new IllegalStateException("The tap is already started");
    }
    StageMetrics stage = context.stage(name());
    TapMetrics metrics = new TapMetrics(stage);
    Journal journal = openJournal();
    stage.gauge(
        "tap_journal_bytes", "Bytes of completions that wait for the brokers.", journal::bytes);
    RecordingMemory memory = new RecordingMemory(settings.recordingBytes());
    stage.gauge(
        "tap_recording_bytes",
        "Bytes that exchanges take while they are recorded, until they are in the journal.",
        memory::bytes);
    JournalWriter writer =
        new JournalWriter(
            journal,
            settings.redaction(),
            new Sampler(settings.sampling(), metrics::thinned, new SplittableRandom()),
            context.disk()::hasRoom,
            metrics);
    JournalPublisher publisher =
        new JournalPublisher(
            journal,
            context.wire().codec(Topics.COMPLETIONS, context.pipeline()),
            context.cluster().producerProperties(),
            metrics);
    Upstream upstream = new Upstream(settings.upstream(), settings.connectTimeout());
    ExchangeWatch watch = new ExchangeWatch(settings.answerTimeout(), settings.silenceTimeout());
    boolean started = false;
    try {
      Recording recording =
          new Recording(
              settings.topLogprobs(),
              settings.sampleRate(),
              settings.refusalMemory(),
              settings.exchangeBytes(),
              memory,
              metrics,
              writer::offer);
      HttpServer server =
          HttpServer.start(
              settings.http(),
              List.of(this),
              context.reporter().registry(),
              new Handler.Wrapper(),
              new TapHandler(upstream, recording, watch),
              routes -> {});
      running = new Running(journal, writer, publisher, upstream, watch, server);
      started = true;
    } finally {
      if (!started) {
        watch.close();
        upstream.close();
        closeJournal(writer, publisher, journal);
      }
    }
  }

  private Journal openJournal() {
    Path folder = context.folder(name());
    try {
      return Journal.open(folder, settings.journalBytes(), settings.journalSync());
    } catch (IOException e) {
      throw new UncheckedIOException("The tap's journal in " + folder + " cannot be read", e);
    }
  }

  /** Whether it answers; that it does while the cluster is away, too. */
  @Override
  public boolean healthy() {
    Running now = running;
    return now != null && now.writer().isAlive() && now.publisher().isAlive();
  }

  @Override
  public Optional<URI> address() {
    return Optional.ofNullable(running).map(now -> now.server().address());
  }

  @Override
  public synchronized void close() {
    Running now = running;
    if (now == null) {
      return;
    }
    running = null;
    now.server().close();
    now.watch().close();
    now.upstream().close();
    closeJournal(now.writer(), now.publisher(), now.journal());
  }

  /** In this order, so that what has been answered is published where the brokers are there. */
  private static void closeJournal(
      JournalWriter writer, JournalPublisher publisher, Journal journal) {
    writer.close();
    publisher.close();
    try {
      journal.close();
    } catch (IOException e) {
      log.error("The journal could not be closed", e);
    }
  }
}
