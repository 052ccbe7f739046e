"""What can be done with sessions: verbs that span the database and an avatar service.

All are safe to repeat. No transaction is open while an avatar service is asked. Imports
among the files point down this list only:

    swapping            the same seat, another persona
    opening, resuming   a seat, then a stream
    leaving             a viewer was lost: swept soon
    sweeping            whatever is lost, ended
    farewell            the time is up: a goodbye, then the end
    reconciling         our sessions against what the service has
    talking             the calls of one session
    ending              a stream stopped, a seat given back
    waiting             the line moved on, and those in it told
    upstream, finding   the account's client; the caller's session
"""

from streaming.services.catalogue import avatars as avatars
from streaming.services.catalogue import count_upstream as count_upstream
from streaming.services.catalogue import voice_sample as voice_sample
from streaming.services.catalogue import voices as voices
from streaming.services.ending import close_each as close_each
from streaming.services.ending import close_session as close_session
from streaming.services.ending import part_from as part_from
from streaming.services.ending import part_with as part_with
from streaming.services.ending import stop_all as stop_all
from streaming.services.ending import stop_idle as stop_idle
from streaming.services.farewell import see_off_ending as see_off_ending
from streaming.services.farewell import watch_time as watch_time
from streaming.services.finding import find_session as find_session
from streaming.services.finding import get_open_session as get_open_session
from streaming.services.finding import own_session as own_session
from streaming.services.finding import session_for_call as session_for_call
from streaming.services.leaving import lose_viewer as lose_viewer
from streaming.services.opening import Opened as Opened
from streaming.services.opening import claim as claim
from streaming.services.opening import open_or_wait as open_or_wait
from streaming.services.opening import open_session as open_session
from streaming.services.reconciling import reconcile as reconcile
from streaming.services.resuming import resume_session as resume_session
from streaming.services.swapping import swap_persona as swap_persona
from streaming.services.sweeping import sweep as sweep
from streaming.services.talking import interrupt as interrupt
from streaming.services.talking import keep_alive as keep_alive
from streaming.services.talking import mark_live as mark_live
from streaming.services.talking import speak as speak
from streaming.services.talking import start_session as start_session
from streaming.services.talking import trickle as trickle
from streaming.services.waiting import Ticket as Ticket
from streaming.services.waiting import move_line as move_line
from streaming.services.waiting import ticket_for as ticket_for
