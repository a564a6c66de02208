"""Asks the port through the `anthropic` package, as any program of a user would.

Arguments: base URL, key. Prints one JSON object with what each part of the interface gave.
"""

import json
import sys

import anthropic

QUESTION = [{"role": "user", "content": "What is the capital of France?"}]
TOOL = {
    "name": "weather",
    "description": "Tells the weather of a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string", "enum": ["Paris", "Rome"]}},
        "required": ["city"],
        "additionalProperties": False,
    },
}


def error_of(ask) -> str | None:
    """The class of the error that this raises."""
    try:
        ask()
    except anthropic.APIError as error:
        return type(error).__name__
    return None


def main() -> None:
    url, key = sys.argv[1:3]
    client = anthropic.Anthropic(base_url=url, api_key=key, timeout=180, max_retries=0)
    # The package has no argument for the temperature any more.
    cold = {"temperature": 0}
    asked = {"model": "default", "max_tokens": 48, "messages": QUESTION, "extra_body": cold}
    whole = client.messages.create(**asked)
    with client.messages.stream(**asked) as stream:
        streamed = "".join(stream.text_stream)
        final = stream.get_final_message()
    choice = {"type": "tool", "name": "weather"}
    forced = {**asked, "max_tokens": 100, "tools": [TOOL], "tool_choice": choice}
    called = client.messages.create(**forced)
    with client.messages.stream(**forced) as stream:
        streamed_call = stream.get_final_message()
    wrong = anthropic.Anthropic(base_url=url, api_key="wrong", max_retries=0)
    report = {
        "whole": whole.content[0].text,
        "streamed": streamed,
        "stop_reason": [whole.stop_reason, final.stop_reason],
        "output_tokens": [whole.usage.output_tokens, final.usage.output_tokens],
        "counted": client.messages.count_tokens(model="default", messages=QUESTION).input_tokens,
        "called": [called.content[0].name, called.content[0].input["city"], called.stop_reason],
        "streamed_call": [streamed_call.content[0].name, streamed_call.content[0].input["city"]],
        "models": [model.id for model in client.models.list()],
        "request_id": bool(whole._request_id),
        "errors": {
            "unknown model": error_of(lambda: client.messages.create(**{**asked, "model": "x"})),
            "wrong range": error_of(lambda: client.messages.create(**{**asked, "extra_body": {"temperature": 9}})),
            "wrong key": error_of(lambda: wrong.messages.create(**asked)),
        },
    }
    json.dump(report, sys.stdout)


main()
