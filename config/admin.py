"""The admin's name, and what staff need not see there."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from knox.models import AuthToken

admin.site.site_header = "Greenroom"
admin.site.site_title = "Greenroom"
admin.site.index_title = "Operate"

# Staff sign in like everybody, where attempts are counted.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Addresses belong to the person's own account pages, tokens to whoever made them.
for model in (EmailAddress, AuthToken):
    admin.site.unregister(model)
