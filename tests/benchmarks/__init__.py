"""Benchmarks: programs that print numbers. `python -m tests.benchmarks.<name>` runs one."""

import os

import django

# Before any of them imports a model.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()
