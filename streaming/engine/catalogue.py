"""The avatars and voices on offer, in the shapes of the wire protocol."""

from streaming.engine.face import AVATARS, DEFAULT_AVATAR, Avatar
from streaming.engine.speech import Voices

Entry = dict[str, object]


def avatars_in_order() -> list[Avatar]:
    """The default first, since many a client takes the first: it is ready soonest."""
    return sorted(AVATARS.values(), key=lambda avatar: avatar.id != DEFAULT_AVATAR)


def streaming_avatars() -> list[Entry]:
    """As in GET /v1/streaming/avatar.list."""
    return [
        {
            "avatar_id": avatar.id,
            "created_at": 0,
            "default_voice": avatar.default_voice,
            "is_public": True,
            "normal_preview": "",
            "pose_name": avatar.name,
            "status": "ACTIVE",
        }
        for avatar in avatars_in_order()
    ]


def listed_avatars() -> list[Entry]:
    """As in GET /v2/avatars."""
    return [
        {
            "avatar_id": avatar.id,
            "avatar_name": avatar.name,
            "gender": avatar.gender,
            "preview_image_url": "",
            "preview_video_url": "",
            "default_voice_id": avatar.default_voice,
        }
        for avatar in avatars_in_order()
    ]


def listed_voices(voices: Voices) -> list[Entry]:
    """As in GET /v2/voices."""
    return [
        {
            "voice_id": voice.id,
            "name": voice.name,
            "language": voice.language,
            "gender": voice.gender,
            "preview_audio": "",
            "support_pause": False,
            "emotion_support": True,
            "support_interactive_avatar": True,
        }
        for voice in voices
    ]
