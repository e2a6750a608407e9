package io.distillstream.runtime.http;

import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A service that serves nothing over HTTP itself, beside a server for its health and its process's
 * metrics. Owns both.
 */
public final class ProbedService implements Service {

  private final Service service;
  private final HttpListener listener;
  private final ServiceContext context;
  private volatile boolean started;
  private volatile @Nullable HttpServer server;

  /** Borrows the context. */
  public ProbedService(Service service, HttpListener listener, ServiceContext context) {
    this.service = service;
    this.listener = listener;
    this.context = context;
  }

  @Override
  public String name() {
    return service.name();
  }

  /**
   * The server comes first: a port that is taken is known before the service fences another
   * process, and a start that takes long can be watched.
   */
  @Override
  public void start() {
    HttpServer opened =
        HttpServer.start(listener, List.of(this), context.reporter().registry(), routes -> {});
    server = opened;
    try {
      service.start();
      started = true;
    } finally {
      if (!started) {
        opened.close();
      }
    }
  }

  @Override
  public boolean healthy() {
    return started && service.healthy();
  }

  @Override
  public boolean alive() {
    return started && service.alive();
  }

  @Override
  public Optional<String> hindrance() {
    return started ? service.hindrance() : Optional.of("it is starting");
  }

  @Override
  public Optional<String> remark() {
    return service.remark();
  }

  @Override
  public Optional<URI> address() {
    return Optional.ofNullable(server).map(HttpServer::address);
  }

  /** The server goes last: it tells that the service is ending. */
  @Override
  public void close() {
    try {
      service.close();
    } finally {
      HttpServer opened = server;
      if (opened != null) {
        opened.close();
      }
    }
  }
}
