"""Asks the port through the `openai` package, as any program of a user would.

Arguments: base URL, key, question. Prints one JSON object: the model's name from the list, the
whole answer, and the streamed one with its number of parts.
"""

import json
import sys

from openai import OpenAI


def main() -> None:
    url, key, question = sys.argv[1:4]
    client = OpenAI(base_url=f"{url}/v1", api_key=key, timeout=180, max_retries=0)
    model = client.models.list().data[0].id
    asked = {
        "model": model,
        "messages": [{"role": "user", "content": question}],
        "temperature": 0,
        "max_tokens": 48,
    }
    whole = client.chat.completions.create(**asked)
    parts: list[str] = []
    finish = None
    for chunk in client.chat.completions.create(stream=True, **asked):
        if chunk.choices:
            parts.append(chunk.choices[0].delta.content or "")
            finish = chunk.choices[0].finish_reason or finish
    report = {
        "model": model,
        "whole": whole.choices[0].message.content,
        "finish": whole.choices[0].finish_reason,
        "completion_tokens": whole.usage.completion_tokens,
        "streamed": "".join(parts),
        "parts": len([part for part in parts if part]),
        "stream_finish": finish,
    }
    json.dump(report, sys.stdout)


main()
