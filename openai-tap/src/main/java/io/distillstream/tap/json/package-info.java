/**
 * JSON that is changed in places, while every other byte of it stays what it was: finds values by
 * their position and cuts there, instead of reading and writing anew.
 */
@NullMarked
package io.distillstream.tap.json;

import org.jspecify.annotations.NullMarked;
