"""Personas on other people's sites: publishable keys, and who comes by them.

    origins    which sites a key names, as text (pure)
    fields     a list of them in the database and in forms
    errors     why somebody is not let in
    tokens     how a visitor's page says who it is
    standing   whether a key opens anything now
    visits     coming in by a key, coming back with a token
    budgets    how much one visitor, and all of a key, may use
    callers    the token on calls and on websockets
    upkeep     switching a key off, changing it, forgetting visitors

Nothing outside of `frontend/embedding/` takes a visitor's token: its addresses are all that
a visitor can reach (config/decisions/0024).
"""
