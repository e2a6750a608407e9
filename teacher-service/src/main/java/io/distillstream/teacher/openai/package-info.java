/**
 * Language models behind an OpenAI-compatible API as classifiers: a prompt asks for one of the
 * labels' words, and the probabilities of the answer's first tokens become those of the labels
 * (Schick and Schütze, <a href="https://arxiv.org/abs/2001.07676">Exploiting Cloze Questions</a>,
 * 2021).
 */
@NullMarked
package io.distillstream.teacher.openai;

import org.jspecify.annotations.NullMarked;
