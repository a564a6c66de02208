"""Asks the port through the `ollama` package, as any program of a user would.

Arguments: base URL, key. Prints one JSON object with what each part of the interface gave.
"""

import json
import sys

import ollama

QUESTION = [{"role": "user", "content": "What is the capital of France?"}]
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "enum": ["Paris", "Rome"]}},
    "required": ["city"],
    "additionalProperties": False,
}


def weather(city: str) -> str:
    """Tells the weather of a city.

    Args:
        city: the city.
    """
    return f"Sunny in {city}."


def status_of(ask) -> int | None:
    """The status of the error that this raises."""
    try:
        ask()
    except ollama.ResponseError as error:
        return error.status_code
    return None


def main() -> None:
    url, key = sys.argv[1:3]
    client = ollama.Client(host=url, headers={"Authorization": f"Bearer {key}"}, timeout=180)
    model = client.list().models[0].model
    asked = {"model": model, "messages": QUESTION, "options": {"temperature": 0, "num_predict": 48}}
    whole = client.chat(**asked)
    parts = list(client.chat(**asked, stream=True))
    fitting = client.chat(**asked, format=SCHEMA)
    with_tools = client.chat(**asked, tools=[weather])
    generated = client.generate(model, QUESTION[0]["content"], options=asked["options"])
    embedded = client.embed("all-minilm-l6-v2", ["a contract", "an agreement"])
    wrong = ollama.Client(host=url, headers={"Authorization": "Bearer wrong"})
    report = {
        "model": model,
        "whole": whole.message.content,
        "streamed": "".join(part.message.content or "" for part in parts),
        "parts": len(parts),
        "done_reason": parts[-1].done_reason,
        "eval_count": whole.eval_count,
        "fitting": json.loads(fitting.message.content)["city"],
        "with_tools": with_tools.done,
        "generated": generated.response,
        "dimensions": [len(vector) for vector in embedded.embeddings],
        "running": [running.model for running in client.ps().models],
        "shown": client.show(model).details.quantization_level,
        "errors": {
            "unknown model": status_of(lambda: client.chat("x", QUESTION)),
            "wrong range": status_of(lambda: client.chat(model, QUESTION, options={"top_p": 9})),
            "wrong key": status_of(lambda: wrong.list()),
        },
    }
    json.dump(report, sys.stdout)


main()
