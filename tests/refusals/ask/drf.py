"""Asks djangorestframework-simplejwt, dj-rest-auth and Django OAuth Toolkit for a refresh that they refuse."""
import datetime, logging, tempfile, warnings
warnings.filterwarnings("ignore")
logging.disable()
import django
from django.conf import settings
from report import post, print_entry, serve

KEY = "a key for asking, of thirty-two bytes and more"
settings.configure(
    SECRET_KEY=KEY, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": tempfile.mkdtemp() + "/db"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                    "rest_framework", "rest_framework.authtoken", "rest_framework_simplejwt",
                    "rest_framework_simplejwt.token_blacklist",
                    "dj_rest_auth", "oauth2_provider"],
    REST_FRAMEWORK={"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]},
    SIMPLE_JWT={"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True},
    REST_AUTH={"USE_JWT": True, "JWT_AUTH_REFRESH_COOKIE": "refresh", "JWT_AUTH_COOKIE": "access",
               "JWT_AUTH_HTTPONLY": True},
    OAUTH2_PROVIDER={"REFRESH_TOKEN_EXPIRE_SECONDS": 60, "REFRESH_TOKEN_REUSE_PROTECTION": True},
    LOGGING_CONFIG=None, SILENCED_SYSTEM_CHECKS=["*"],
)
django.setup()
from django.core.management import call_command
from django.urls import include, path
from django.utils import timezone
from django.contrib.auth.models import User
from dj_rest_auth.jwt_auth import get_refresh_view
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.views import TokenRefreshView

urlpatterns = [
    path("simplejwt/", TokenRefreshView.as_view()),
    path("dj-rest-auth/", get_refresh_view().as_view()),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]
call_command("migrate", verbosity=0)

from django.core.wsgi import get_wsgi_application
port = serve(get_wsgi_application())


def refresh_of(user, lifetime=datetime.timedelta(days=1)):
    token = RefreshToken.for_user(user)
    token.set_exp(lifetime=lifetime)
    return str(token)


def user(name):
    return User.objects.create_user(name, password="p")


for name, package, url in [("djangorestframework-simplejwt", "djangorestframework-simplejwt", "/simplejwt/"),
                           ("dj-rest-auth", "dj-rest-auth", "/dj-rest-auth/")]:
    def ask(when, token):
        print_entry(name, package, when, post(port, url, json_body={"refresh": token} if token else {}))
    n = name + " "
    ask("the refresh token has expired", refresh_of(user(n + "a"), datetime.timedelta(seconds=-5)))
    ask("the refresh token is unreadable", "unknown")
    once = refresh_of(user(n + "b"))
    assert post(port, url, json_body={"refresh": once})[0] == 200
    ask("the refresh token was used before (rotation with the blacklist)", once)
    inactive = user(n + "c")
    token = refresh_of(inactive)
    User.objects.filter(pk=inactive.pk).update(is_active=False)
    ask("the user is inactive", token)
    gone = user(n + "d")
    token = refresh_of(gone)
    gone.delete()
    ask("the user is gone", token)
    ask("there is no refresh token in the request", None)
cookie = {"cookie": "refresh=" + refresh_of(user("dje"), datetime.timedelta(seconds=-5))}
print_entry("dj-rest-auth", "dj-rest-auth", "the refresh token of the cookie has expired",
     post(port, "/dj-rest-auth/", json_body={}, headers=cookie))

from oauth2_provider.models import AccessToken, Application, RefreshToken as Grant
app = Application.objects.create(client_type="public", authorization_grant_type="authorization-code", client_id="c",
                                 redirect_uris="http://127.0.0.1/", name="c")


def grant(name):
    who = user(name)
    access = AccessToken.objects.create(user=who, application=app, token="a" + name, scope="read",
                                        expires=timezone.now() + datetime.timedelta(seconds=-1))
    return who, Grant.objects.create(user=who, application=app, token="r" + name, access_token=access,
                                     token_family="11111111-1111-4111-8111-111111111111")


def refresh(token, client="c"):
    return post(port, "/o/token/", form={"grant_type": "refresh_token", "refresh_token": token, "client_id": client})


def ask(when, token, **more):
    print_entry("Django OAuth Toolkit", "django-oauth-toolkit", when, refresh(token, **more))


ask("the refresh token is unknown", "unknown")
who, token = grant("a")
AccessToken.objects.filter(pk=token.access_token.pk).update(expires=timezone.now() - datetime.timedelta(days=2))
Grant.objects.filter(pk=token.pk).update(created=timezone.now() - datetime.timedelta(days=2))
ask("the refresh token has expired", token.token)
who, token = grant("b")
token.revoke()
ask("the refresh token is revoked", token.token)
who, token = grant("d")
assert refresh(token.token)[0] == 200
ask("the refresh token was used before (reuse protection)", token.token)
who, token = grant("f")
who.delete()
ask("the user is gone", "rf")
ask("the client is unknown", "unknown", client="nobody")
