"""Asks the port through `langchain-openai`, as any program of a user would.

Arguments: base URL, key. Prints one JSON object with what each part of the interface gave.
"""

import json
import sys

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

QUESTION = "What is the capital of France?"


class Answer(BaseModel):
    """The form of an answer."""

    city: str
    sure: bool


@tool
def weather(city: str) -> str:
    """Tells the weather of a city."""
    return f"Sunny in {city}."


def main() -> None:
    url, key = f"{sys.argv[1]}/v1", sys.argv[2]
    common = {"base_url": url, "api_key": key, "max_retries": 0}
    model = ChatOpenAI(model="default", temperature=0, max_completion_tokens=100, timeout=180, **common)
    called = model.bind_tools([weather], tool_choice="weather").invoke(QUESTION)
    form = model.with_structured_output(Answer, method="json_schema").invoke(QUESTION)
    # Otherwise it sends numbers of another model's tokens.
    embeddings = OpenAIEmbeddings(model="all-minilm-l6-v2", check_embedding_ctx_length=False, **common)
    parts = [part.text for part in model.stream(QUESTION)]
    report = {
        "whole": model.invoke(QUESTION).text,
        "streamed": "".join(parts),
        "parts": len(parts),
        "called": called.tool_calls[0]["name"],
        "form": type(form.city).__name__,
        "dimensions": [len(vector) for vector in embeddings.embed_documents(["a", "b"])],
    }
    json.dump(report, sys.stdout)


main()
