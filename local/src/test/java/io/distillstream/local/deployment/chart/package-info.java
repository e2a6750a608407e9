/**
 * The Helm chart: rendered by Helm, checked against Kubernetes' schemas, and held to the product.
 */
@NullMarked
package io.distillstream.local.deployment.chart;

import org.jspecify.annotations.NullMarked;
