"""The local avatar engine: a process of its own, `python -m streaming.engine`.

It speaks the first generation of the cloud's wire protocol (REST and raw WebRTC) with a
drawn face and a synthetic voice. It imports neither Django nor any other app of ours.
"""
