"""Asks the port for more than text through the `openai` package: tools, forms, vectors, responses, errors.

Arguments: base URL, key. Prints one JSON object with what each part of the interface gave.
"""

import json
import sys

import openai
from pydantic import BaseModel, ConfigDict

QUESTION = [{"role": "user", "content": "What is the capital of France?"}]
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "enum": ["Paris", "Rome"]}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


class Answer(BaseModel):
    """The form of an answer."""

    model_config = ConfigDict(extra="forbid")
    city: str
    sure: bool


def error_of(ask) -> str | None:
    """The class of the error that this raises."""
    try:
        ask()
    except openai.APIError as error:
        return type(error).__name__
    return None


def main() -> None:
    url, key = f"{sys.argv[1]}/v1", sys.argv[2]
    client = openai.OpenAI(base_url=url, api_key=key, timeout=180, max_retries=0)
    asked = {"model": "default", "messages": QUESTION, "temperature": 0, "max_tokens": 100}
    chat = client.chat.completions
    called = chat.create(**asked, tools=[TOOL], tool_choice="required").choices[0]
    stream = chat.create(**asked, tools=[TOOL], tool_choice="required", stream=True)
    deltas = [d for c in stream if c.choices for d in c.choices[0].delta.tool_calls or []]
    parsed = chat.parse(**asked, response_format=Answer).choices[0].message.parsed
    few = {**asked, "max_tokens": 16, "n": 2}
    several = chat.create(**few)
    chunks = chat.create(**few, stream=True)
    named = {"extra_headers": {"Idempotency-Key": "once"}}
    twice = [chat.create(**{**asked, "max_tokens": 16}, **named).id for _ in range(2)]
    # The package asks for base64 and unpacks it.
    vectors = client.embeddings.create(model="all-minilm-l6-v2", input=["a contract", "bread"])
    text = client.completions.create(
        model="default", prompt="The capital of France is", temperature=0, max_tokens=4
    )
    response = client.responses.create(
        model="default", input=QUESTION[0]["content"], temperature=0, max_output_tokens=48
    )
    with client.responses.stream(
        model="default", input=QUESTION[0]["content"], temperature=0, max_output_tokens=48
    ) as events:
        said = "".join(it.delta for it in events if it.type == "response.output_text.delta")
        final = events.get_final_response()
    function = {"type": "function", "strict": True, **TOOL["function"]}
    asked_to_call = client.responses.create(
        model="default", input=QUESTION[0]["content"], temperature=0, max_output_tokens=100,
        tools=[function], tool_choice="required",
    )  # fmt: skip
    wrong = openai.OpenAI(base_url=url, api_key="wrong", max_retries=0)
    report = {
        "called": [called.message.tool_calls[0].function.name, called.finish_reason],
        "city": json.loads(called.message.tool_calls[0].function.arguments)["city"],
        "streamed_city": json.loads("".join(d.function.arguments or "" for d in deltas))["city"],
        "several": [choice.index for choice in several.choices],
        "several_streamed": sorted({choice.index for c in chunks for choice in c.choices}),
        "asked_once": twice[0] == twice[1],
        "parsed": [type(parsed.city).__name__, type(parsed.sure).__name__],
        "dimensions": [len(row.embedding) for row in vectors.data],
        "text": text.choices[0].text,
        "response": [response.output_text, said, final.output_text],
        "response_called": asked_to_call.output[0].name,
        "errors": {
            "unknown model": error_of(lambda: chat.create(**{**asked, "model": "x"})),
            "wrong range": error_of(lambda: chat.create(**{**asked, "temperature": 9})),
            "wrong key": error_of(lambda: wrong.chat.completions.create(**asked)),
        },
    }
    json.dump(report, sys.stdout)


main()
