"""Presentations: a persona's scripts, played in a session.

    verbs       what viewers and programs can do: play, pause, resume, go to, stop
    player      says one segment after the other, as long as it holds the claim
    looking     what is to be done next, as the database has it
    ending      a session that ends takes its presentation along
    copying     a copy of a persona presents the same
    drafts      a script from plain text
    position    where in a segment somebody is

The rules are in `chat.models.script_run`. There may be any number of players for a run, in
any process, and at most one of them holds its claim; a turn begins only under that claim.
"""
