"""Asks the port through the `openai` package with a wrong key and prints the class of the error."""

import json
import sys

import openai


def main() -> None:
    client = openai.OpenAI(base_url=f"{sys.argv[1]}/v1", api_key="wrong", max_retries=0)
    try:
        client.models.list()
        name = None
    except openai.OpenAIError as error:
        name = type(error).__name__
    json.dump({"error": name}, sys.stdout)


main()
