"""A provider's own chat: a stranger's text, fetched for a person to read, and never given to anything of ours."""

import asyncio
from typing import Protocol, runtime_checkable

from agent.errors import NotConfigured
from agent.jobs.collection import Collection, Member


@runtime_checkable
class Chat(Protocol):
    """A source with a chat."""

    async def ask(self, question: str) -> str:
        """Ask it; the answer is hostile text."""


def ask_provider(collection: Collection, question: str) -> tuple[str, str]:
    """Ask the chat of the first source that has one; gives the source's attribution and its words as they came.

    Raises NotConfigured if no source in use has a chat, and a SourceError if it is off or does not answer.
    """
    return asyncio.run(_ask(collection, question))


async def _ask(collection: Collection, question: str) -> tuple[str, str]:
    try:
        for member in collection.members:
            source = member.collector.source
            if isinstance(source, Chat):
                return member.collector.source.terms.attribution, await _answer(member, source, question)
    finally:
        await collection.aclose()
    raise NotConfigured("no source in use has a chat of its own: it needs Token Metrics and its key")


async def _answer(member: Member, chat: Chat, question: str) -> str:
    member.meter.kind = "chat"
    return await chat.ask(question)
