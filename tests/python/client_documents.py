"""Asks for answers from documents through the packages of OpenAI and Anthropic.

Arguments: base URL, key. Prints one JSON object: what each package says that its answer rests on.
"""

import json
import sys

import anthropic
import openai

QUESTION = "When does the depot in Lindau open in the morning?"


def responses(client: openai.OpenAI) -> dict:
    """OpenAI's tool that searches files; its stores are collections."""
    asked = {
        "model": "default",
        "input": QUESTION,
        "temperature": 0,
        "max_output_tokens": 48,
        "tools": [{"type": "file_search", "vector_store_ids": ["work"]}],
    }
    whole = client.responses.create(**asked)
    streamed, added = None, []
    for event in client.responses.create(**asked, stream=True):
        if event.type == "response.output_text.annotation.added":
            added.append(event.annotation)
        if event.type in ("response.completed", "response.incomplete"):
            streamed = event.response
    texts = [part for item in whole.output for part in item.content]
    return {
        "answerable": whole.sources["answerable"],
        "cited": [it.filename for text in texts for it in text.annotations],
        "added": [it["filename"] if isinstance(it, dict) else it.filename for it in added],
        "streamed": [it["document"] for it in streamed.sources["citations"]],
    }


def chat(client: openai.OpenAI) -> dict:
    """A field of ours in a request of theirs."""
    whole = client.chat.completions.create(
        model="default",
        messages=[{"role": "user", "content": QUESTION}],
        temperature=0,
        max_tokens=48,
        extra_body={"collections": ["work"]},
    )
    cited = whole.choices[0].message.annotations or []
    return {"answerable": whole.sources["answerable"], "cited": [it.type for it in cited], "told": len(whole.sources["citations"])}


def messages(client: anthropic.Anthropic) -> dict:
    """Citations as places in documents, whole and streamed."""
    asked = {
        "model": "default",
        "messages": [{"role": "user", "content": QUESTION}],
        "max_tokens": 48,
        "extra_body": {"collections": ["work"], "temperature": 0},
    }
    whole = client.messages.create(**asked)
    with client.messages.stream(**asked) as stream:
        streamed = stream.get_final_message()
    return {
        "answerable": whole.sources["answerable"],
        "cited": [it.document_title for it in whole.content[0].citations or []],
        "streamed": [it.document_title for it in streamed.content[0].citations or []],
    }


def main() -> None:
    """Asks and prints."""
    url, key = sys.argv[1:3]
    theirs = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)
    other = anthropic.Anthropic(base_url=url, api_key=key, max_retries=0)
    said = {"responses": responses(theirs), "chat": chat(theirs), "messages": messages(other)}
    print(json.dumps(said))


main()
