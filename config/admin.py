"""The admin's name, and what staff need not see there."""

from allauth.account.models import EmailAddress
from django.contrib import admin
from knox.models import AuthToken

admin.site.site_header = "Greenroom"
admin.site.site_title = "Greenroom"
admin.site.index_title = "Operate"

# Addresses belong to the person's own account pages, tokens to whoever made them.
for model in (EmailAddress, AuthToken):
    admin.site.unregister(model)
