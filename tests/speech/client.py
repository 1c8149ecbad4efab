"""Asks a service for speech with the official `openai` package; exits with 77 when it is not installed.
Arguments: the service's address, a key. Prints what was heard, as JSON."""

import asyncio
import base64
import io
import json
import sys
import wave

try:
    import openai
except ImportError as error:
    print(f"{error}: pip install openai", file=sys.stderr)
    sys.exit(77)

base, key = sys.argv[1:3]
url = f"{base}/v1"
options = {"base_url": url, "api_key": key, "max_retries": 0, "timeout": 600}
client = openai.OpenAI(**options)
# A text of three sentences, in a voice that any build has.
asked = {"model": "gpt-4o-mini-tts", "voice": "tone", "input": "The gate was open. Nobody came. It rained."}


def whole(**more):
    return client.audio.speech.create(**asked, **more).content


def streamed(**more):
    with client.audio.speech.with_streaming_response.create(**asked, **more) as response:
        assert response.headers["x-ai-generated"], dict(response.headers)
        return response.headers["content-type"], b"".join(response.iter_bytes(1024))


def events(**more):
    with client.audio.speech.with_streaming_response.create(
        **asked, stream_format="sse", **more
    ) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in response.iter_lines() if line]
    assert all(line.startswith("data: ") for line in lines), lines
    return [json.loads(line.removeprefix("data: ")) for line in lines]


async def asynchronous():
    async with openai.AsyncOpenAI(**options) as other:
        async with other.audio.speech.with_streaming_response.create(
            **asked, response_format="pcm"
        ) as response:
            return b"".join([chunk async for chunk in response.iter_bytes()])


def refused(error, param, **changes):
    try:
        client.audio.speech.create(**{**asked, **changes})
    except error as told:
        assert told.body["message"] and told.body["code"], told.body
        assert told.param == param, told.body
        return told.status_code
    raise AssertionError(f"{changes} was taken")


mp3 = whole()
assert mp3[:3] == b"ID3", mp3[:10]
kind, again = streamed()
assert kind == "audio/mpeg" and again == mp3

pcm = whole(response_format="pcm")
assert asyncio.run(asynchronous()) == pcm
with wave.open(io.BytesIO(whole(response_format="wav"))) as file:
    assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24000, 1, 2)
    assert file.readframes(file.getnframes()) == pcm

told = events(response_format="mp3")
*deltas, done = told
assert {event["type"] for event in deltas} == {"speech.audio.delta"}
assert b"".join(base64.b64decode(event["audio"]) for event in deltas) == mp3
assert done["type"] == "speech.audio.done", done
usage = done["usage"]
assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"] > 0, usage

faster = whole(response_format="pcm", speed=2.0)
assert 0.4 < len(faster) / len(pcm) < 0.8, (len(faster), len(pcm))
for name in ["alloy", "cedar"]:
    assert client.audio.speech.create(**{**asked, "voice": name}).content[:3] == b"ID3"
custom = client.audio.speech.create(**{**asked, "voice": {"id": "tone"}}).content
assert custom == mp3, "a voice may be an object"
assert whole(extra_body={"colour": "blue"}, instructions="Whisper.") == mp3, "unknown fields are let be"

refusals = [
    refused(openai.BadRequestError, "voice", voice="nobody"),
    refused(openai.BadRequestError, "speed", speed=9),
    refused(openai.BadRequestError, "response_format", response_format="aac"),
    refused(openai.BadRequestError, "input", input="  "),
]
try:
    openai.OpenAI(**{**options, "api_key": "wrong"}).audio.speech.create(**asked)
    raise AssertionError("a wrong key was taken")
except openai.AuthenticationError as error:
    refusals.append(error.status_code)

models = [model.id for model in client.models.list()]
assert client.models.retrieve(models[0]).id == models[0]
try:
    client.models.retrieve("no-such-model")
    raise AssertionError("a model that is not there was found")
except openai.NotFoundError:
    pass
print(json.dumps({"models": models, "refusals": refusals, "mp3": len(mp3), "usage": usage}))
