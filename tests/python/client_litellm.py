"""Asks the port through `litellm`, by each of the interfaces that it speaks.

Arguments: base URL, key. Prints one JSON object with what each gave.
"""

import json
import os
import sys

# It would fetch a list of prices from the network when it is imported.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm  # noqa: E402

QUESTION = [{"role": "user", "content": "What is the capital of France?"}]


def main() -> None:
    url, key = sys.argv[1:3]
    litellm.telemetry = False
    # It would print advice beside the object.
    litellm.suppress_debug_info = True
    asked = {"messages": QUESTION, "temperature": 0, "max_tokens": 48, "api_key": key, "timeout": 180}
    by = {
        "openai": {"model": "openai/default", "api_base": f"{url}/v1"},
        "anthropic": {"model": "anthropic/default", "api_base": url},
    }
    said = {}
    for name, where in by.items():
        whole = litellm.completion(**asked, **where).choices[0].message.content
        chunks = litellm.completion(**asked, **where, stream=True)
        said[name] = [whole, "".join(chunk.choices[0].delta.content or "" for chunk in chunks)]
    vectors = litellm.embedding(
        model="openai/all-minilm-l6-v2", input=["a", "b"], api_base=f"{url}/v1", api_key=key,
        encoding_format="float",
    )  # fmt: skip
    try:
        litellm.completion(**{**asked, "api_key": "wrong"}, **by["openai"])
        error = None
    except litellm.exceptions.APIError as raised:
        error = type(raised).__name__
    except litellm.exceptions.AuthenticationError as raised:
        error = type(raised).__name__
    dimensions = [len(row["embedding"]) for row in vectors.data]
    json.dump({"said": said, "dimensions": dimensions, "wrong key": error}, sys.stdout)


main()
