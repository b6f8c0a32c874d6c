"""A language model behind an OpenAI-compatible endpoint: one question, one answer as JSON of a schema.

The only way in which words of a call leave the machine for a model: whoever asks one asks through this.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from assist.errors import LanguageModelError

MAX_ANSWER_BYTES = 256 * 1024
OK = 200


class ChatModel:
    """One model of one endpoint."""

    def __init__(self, client: httpx.AsyncClient, url: str, model: str) -> None:
        """``url`` ends in /v1."""
        self._client = client
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._model = model

    @property
    def source(self) -> str:
        """How the log names what it says."""
        return f"endpoint:{self._model}"

    async def answer(
        self, instructions: str, asked: str, *, name: str, schema: Mapping[str, Any], timeout_s: float
    ) -> str:
        """What the model answers, JSON if it keeps to the schema; nothing of it is checked here.

        Raises LanguageModelError "language-model-too-late" after ``timeout_s`` in all, "language-model-unreachable",
        "language-model-bad-answer".
        """
        question = {
            "model": self._model,
            "temperature": 0,
            "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": asked}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": name, "strict": True, "schema": schema},
            },
        }
        try:
            async with asyncio.timeout(timeout_s):
                return _content_of(await self._post(question))
        except TimeoutError as error:
            raise LanguageModelError("The model did not answer in time.", code="language-model-too-late") from error
        except httpx.HTTPError as error:
            raise LanguageModelError("The model cannot be reached.", code="language-model-unreachable") from error

    async def _post(self, question: Mapping[str, Any]) -> bytes:
        content = bytearray()
        async with self._client.stream("POST", self._url, json=question) as response:
            if response.status_code != OK:
                raise LanguageModelError(
                    f"The model refused: HTTP {response.status_code}.", code="language-model-unreachable"
                )
            async for part in response.aiter_bytes():
                content += part
                if len(content) > MAX_ANSWER_BYTES:
                    raise LanguageModelError("The model's answer is too long.", code="language-model-bad-answer")
        return bytes(content)


def _content_of(completion: bytes) -> str:
    """The words inside a completion."""
    try:
        content: Any = json.loads(completion)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError) as error:
        raise LanguageModelError("The answer is no completion.", code="language-model-bad-answer") from error
    if not isinstance(content, str):
        raise LanguageModelError("The answer is no completion.", code="language-model-bad-answer")
    return content


@asynccontextmanager
async def open_chat(url: str, *, model: str, key: str) -> AsyncGenerator[ChatModel]:
    """The model behind an address such as https://HOST/v1, for as long as the context lasts."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    # Each answer is bounded as a whole; a limit per read would only add to it.
    async with httpx.AsyncClient(headers=headers, timeout=None) as client:
        yield ChatModel(client, url, model)
