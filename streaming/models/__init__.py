"""The rules that need only the database, one subject a file."""

from streaming.models.account import MAX_SEATS as MAX_SEATS
from streaming.models.account import Account as Account
from streaming.models.embed import EmbedKey as EmbedKey
from streaming.models.embed import Visitor as Visitor
from streaming.models.event import SessionEvent as SessionEvent
from streaming.models.limits import PersonaLimits as PersonaLimits
from streaming.models.limits import UserLimits as UserLimits
from streaming.models.session import Session as Session
from streaming.models.states import CONNECTED as CONNECTED
from streaming.models.states import ENDED as ENDED
from streaming.models.states import FAILURES as FAILURES
from streaming.models.states import SEATED as SEATED
from streaming.models.states import USABLE as USABLE
from streaming.models.states import EndReason as EndReason
from streaming.models.states import Kind as Kind
from streaming.models.states import State as State
from streaming.models.usage import UsageEntry as UsageEntry
