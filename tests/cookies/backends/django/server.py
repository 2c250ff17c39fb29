"""Django with dj-rest-auth and its tokens in HttpOnly cookies, as its documentation sets it up.

Prints its port; ann's password is "secret". A refresh token works once: simplejwt's blacklist knows it afterwards.
"""

from os import environ
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

settings.configure(
    SECRET_KEY="of a test, and long enough for HS256",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": "file:cookies?mode=memory&cache=shared",
            "OPTIONS": {"timeout": 20},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "corsheaders",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "rest_framework",
        "rest_framework_simplejwt.token_blacklist",
        "dj_rest_auth",
    ],
    MIDDLEWARE=[
        "corsheaders.middleware.CorsMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    CORS_ALLOWED_ORIGIN_REGEXES=[r"^http://127\.0\.0\.1:\d+$"],
    CORS_ALLOW_CREDENTIALS=True,
    CSRF_TRUSTED_ORIGINS=[environ["TRUSTED_ORIGIN"]],
    REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": ["dj_rest_auth.jwt_auth.JWTCookieAuthentication"]},
    REST_AUTH={
        "USE_JWT": True,
        "SESSION_LOGIN": False,
        "TOKEN_MODEL": None,
        "JWT_AUTH_COOKIE": "access",
        "JWT_AUTH_REFRESH_COOKIE": "refresh",
        "JWT_AUTH_HTTPONLY": True,
        "JWT_AUTH_COOKIE_USE_CSRF": True,
        "JWT_AUTH_RETURN_EXPIRATION": True,
    },
    SIMPLE_JWT={"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True},
)
django.setup()

from django.contrib.auth.models import User
from django.views.decorators.csrf import ensure_csrf_cookie
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response


@api_view(["GET", "POST"])
@permission_classes([IsAuthenticated])
def items(request):
    return Response([{"owner": request.user.username}])


@ensure_csrf_cookie
@api_view(["GET"])
@permission_classes([AllowAny])
def csrf(request):
    return Response({})


urlpatterns = [
    path("auth/", include("dj_rest_auth.urls")),
    path("auth/csrf", csrf),
    path("api/items", items),
]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


call_command("migrate", verbosity=0)
User.objects.create_user("ann", password="secret")
server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Server, handler_class=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
