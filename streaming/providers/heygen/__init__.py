"""The HeyGen streaming API, generation G1: raw WebRTC, signalled over REST."""

from streaming.providers.heygen.client import HeyGen

__all__ = ["HeyGen"]
