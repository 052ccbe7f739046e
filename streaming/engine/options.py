"""The engine's settings: arguments, and environment variables behind them."""

import argparse
import ipaddress
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from streaming.engine.faults import FaultPlan, UnknownFault
from streaming.engine.network import stun_url, turn_url, udp_addresses, udp_ports
from streaming.engine.speech import (
    ServiceSettings,
    UnknownVoice,
    Voice,
    served_voice,
)
from streaming.engine.studio import Warming

_LOG_LEVELS = ("debug", "info", "warning", "error")
_YES_OR_NO = {"": False, "0": False, "false": False, "1": True, "true": True}


def read_options(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> argparse.Namespace:
    """Arguments win over the environment. Ends the process when they make no sense."""
    parser = option_parser(environment)
    options = parser.parse_args(arguments)
    if not options.api_key and not _is_loopback(options.host):
        parser.error(
            f"an API key is needed to listen on {options.host}: set ENGINE_API_KEY"
        )
    if bool(options.turn_username) != bool(options.turn_credential):
        parser.error("a TURN server needs both a user name and a credential")
    try:
        options.fault_plan = FaultPlan(
            options.faults,
            takes_header=options.fault_header,
            seed=options.fault_seed,
        )
    except UnknownFault as exc:
        parser.error(f"argument --faults: {exc}")
    options.speech = speech_settings(options, environment)
    return options


def speech_settings(
    options: argparse.Namespace, environment: Mapping[str, str]
) -> ServiceSettings | None:
    """The speech service, if there is one.

    A key among the arguments would show in the machine's list of processes.
    """
    if not options.speech_url:
        return None
    return ServiceSettings(
        url=options.speech_url,
        model=options.speech_model,
        timeout_s=options.speech_timeout,
        voices=options.speech_voices,
        key=environment.get("ENGINE_SPEECH_KEY", ""),
    )


def option_parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    """Every option's default is the variable of its name: --udp-ports, ENGINE_UDP_PORTS."""
    parser = argparse.ArgumentParser(
        prog="streaming.engine",
        description="The local avatar, behind the HeyGen streaming wire protocol.",
    )

    def env(name: str, default: str = "") -> str:
        return environment.get(name) or default

    add = parser.add_argument
    add("--host", default=env("ENGINE_HOST", "127.0.0.1"), help="address of the calls")
    add("--port", type=_port, default=env("ENGINE_PORT", "3001"), help="0: any")
    add("--api-key", default=env("ENGINE_API_KEY"), help="none: any key is good")
    add("--seats", type=_seats, default=env("ENGINE_SEATS", "3"), help="at a time")
    add(
        "--demo",
        action=argparse.BooleanOptionalAction,
        default=_yes_or_no(parser, environment, "ENGINE_DEMO"),
        help="serve a page at / to try it",
    )
    add(
        "--warm",
        type=_warming,
        default=env("ENGINE_WARM", Warming.ALL),
        help="what to draw in advance: all, default (avatar) or none",
    )
    add(
        "--log-level",
        type=_log_level,
        default=env("ENGINE_LOG_LEVEL", "info"),
        help=f"one of {', '.join(_LOG_LEVELS)}",
    )

    speech = parser.add_argument_group(
        "voices of a speech service", "Its key is taken from ENGINE_SPEECH_KEY only."
    ).add_argument
    speech(
        "--speech-url",
        type=_speech_url,
        default=env("ENGINE_SPEECH_URL"),
        help="like http://host:8880/v1, what comes before /audio/speech",
    )
    speech(
        "--speech-voices",
        type=_speech_voices,
        default=env("ENGINE_SPEECH_VOICES", "alloy"),
        help="like nova=en-us+f3,onyx: behind the sign who stands in when it fails",
    )
    speech("--speech-model", default=env("ENGINE_SPEECH_MODEL", "tts-1"))
    speech(
        "--speech-timeout",
        type=_seconds,
        default=env("ENGINE_SPEECH_TIMEOUT", "5"),
        help="seconds for a sentence",
    )

    media = parser.add_argument_group("where media may go").add_argument
    media(
        "--udp-ports",
        type=udp_ports,
        default=env("ENGINE_UDP_PORTS"),
        help="like 50000-50100",
    )
    media(
        "--udp-addresses",
        type=udp_addresses,
        default=env("ENGINE_UDP_ADDRESSES"),
        help="of this machine, separated by commas",
    )
    media(
        "--stun", type=stun_url, default=env("ENGINE_STUN"), help="like stun:host:port"
    )
    media(
        "--turn", type=turn_url, default=env("ENGINE_TURN"), help="like turn:host:port"
    )
    media("--turn-username", default=env("ENGINE_TURN_USERNAME"))
    media("--turn-credential", default=env("ENGINE_TURN_CREDENTIAL"))

    faults = parser.add_argument_group("faults on purpose").add_argument
    faults(
        "--faults",
        default=env("ENGINE_FAULTS"),
        help="like slow-new=7,drop-answers=0.1; see the README",
    )
    faults(
        "--fault-header",
        action=argparse.BooleanOptionalAction,
        default=_yes_or_no(parser, environment, "ENGINE_FAULT_HEADER"),
        help="let requests ask for faults",
    )
    faults(
        "--fault-seed",
        type=_fault_seed,
        default=env("ENGINE_FAULT_SEED") or None,
        help="makes chance repeat itself",
    )
    return parser


def _yes_or_no(
    parser: argparse.ArgumentParser, environment: Mapping[str, str], name: str
) -> bool:
    text = environment.get(name, "")
    if text.lower() not in _YES_OR_NO:
        parser.error(f"{name} is not true or false: {text}")
    return _YES_OR_NO[text.lower()]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _log_level(text: str) -> str:
    if text.lower() in _LOG_LEVELS:
        return text.lower()
    raise argparse.ArgumentTypeError(f"{text} is not one of {', '.join(_LOG_LEVELS)}")


def _warming(text: str) -> Warming:
    try:
        return Warming(text.lower())
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is not one of {', '.join(Warming)}"
        ) from None


def _speech_url(text: str) -> str:
    url = text.strip().rstrip("/").removesuffix("/audio/speech")
    parts = urlsplit(url)
    if not url or (parts.scheme in ("http", "https") and parts.hostname):
        if parts.username or parts.password:
            raise argparse.ArgumentTypeError("the key belongs into ENGINE_SPEECH_KEY")
        return url
    raise argparse.ArgumentTypeError(f"{text} does not begin with http:// or https://")


def _speech_voices(text: str) -> tuple[Voice, ...]:
    try:
        return tuple(served_voice(each) for each in text.split(",") if each.strip())
    except UnknownVoice as exc:
        raise argparse.ArgumentTypeError(
            f"{exc} is not a voice, or its name is that of one of ours"
        ) from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if 0.1 <= seconds <= 60:
        return seconds
    raise argparse.ArgumentTypeError(f"{text} is not a number of 0.1 to 60")


def _port(text: str) -> int:
    return _whole_number(text, least=0, most=65535)


def _seats(text: str) -> int:
    return _whole_number(text, least=1, most=1000)


def _fault_seed(text: str) -> int:
    return _whole_number(text, least=0, most=1_000_000)


def _whole_number(text: str, *, least: int, most: int) -> int:
    if text.isascii() and text.isdigit() and least <= int(text) <= most:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a number of {least} to {most}")
