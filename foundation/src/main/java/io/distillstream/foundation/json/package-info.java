/**
 * JSON that others wrote, read strictly: what is missing, doubled or of another kind is refused by
 * its place in the document. Field by field and not by reflection, because Android's runtimes do
 * not know the components of a record.
 */
@NullMarked
package io.distillstream.foundation.json;

import org.jspecify.annotations.NullMarked;
