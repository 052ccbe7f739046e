"""What staff need not see in the admin."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from knox.models import AuthToken

# Staff sign in like everybody, where attempts are counted.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Addresses belong to the person's own account pages, tokens to whoever made them. Services
# to sign in with are set up by the environment; their forms would show their secrets.
for model in (EmailAddress, AuthToken, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

admin.site.unregister(Group)


@admin.register(Group)
class PlainGroupAdmin(GroupAdmin):
    """Permissions as one plain list: Django's two boxes name a picture that screen readers
    cannot reach."""

    filter_horizontal = ()
