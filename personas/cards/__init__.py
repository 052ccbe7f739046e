"""Personas as files: our own JSON, and character cards V1, V2 and V3 as JSON and PNG.

    bytes  ──reading──►  Draft (values, words of warning, the card itself)  ──database──►  persona
    bytes  ◄──writing──  Snapshot  ◄───────────────────────────────────────database─────  persona

Only `database` touches rows; everything else is a function of what it is given.
"""
