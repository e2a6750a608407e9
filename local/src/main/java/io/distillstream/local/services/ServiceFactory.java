package io.distillstream.local.services;

import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;

/** Makes a service whose settings have been read and checked. */
interface ServiceFactory {

  /** The service, not started yet. */
  Service create(ServiceContext context);
}
