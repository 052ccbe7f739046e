"""What people are called in pages."""

from django import template

from frontend.accounts.names import full_name as called

register = template.Library()

register.filter("full_name", called)
