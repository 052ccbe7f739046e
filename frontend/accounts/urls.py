"""Pages of one's account, of teams and of sharing personas with them."""

from django.urls import URLPattern, path

from frontend.accounts import account, invitations, sharing, teams

urlpatterns: list[URLPattern] = [
    path("account/", account.account, name="account"),
    path("account/export", account.export, name="account_export"),
    path("account/delete", account.delete, name="account_delete"),
    path(
        "account/sign-out-elsewhere",
        account.sign_out_elsewhere,
        name="sign_out_elsewhere",
    ),
    path("teams/", teams.teams, name="teams"),
    path("teams/<int:pk>/", teams.team, name="team"),
    path("teams/<int:pk>/rename", teams.rename, name="team_rename"),
    path("teams/<int:pk>/delete", teams.delete, name="team_delete"),
    path("teams/<int:pk>/leave", teams.leave, name="team_leave"),
    path("teams/<int:pk>/members/<int:member>/role", teams.set_role, name="team_role"),
    path(
        "teams/<int:pk>/members/<int:member>/remove", teams.remove, name="team_remove"
    ),
    path(
        "teams/<int:pk>/invitations/<int:invitation>/withdraw",
        teams.withdraw,
        name="invitation_withdraw",
    ),
    path("invitations/", invitations.invitation, name="invitation"),
    path("invitations/accept", invitations.accept, name="invitation_accept"),
    path("invitations/<str:secret>/", invitations.open_link, name="invitation_open"),
    path("personas/<slug:slug>/share", sharing.share, name="persona_share"),
]
