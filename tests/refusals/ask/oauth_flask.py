"""Asks Authlib (its Flask server, the grant as its documentation writes it) and Flask-JWT-Extended."""
import datetime
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin, grants
from flask import Flask, jsonify
from flask_jwt_extended import JWTManager, create_access_token, create_refresh_token, get_jwt_identity, jwt_required
from report import post, print_entry, serve

app = Flask(__name__)
app.config.update(SECRET_KEY="k", JWT_SECRET_KEY="a key for asking, of thirty-two bytes and more")


class Client(ClientMixin):
    def get_client_id(self): return "c"
    def check_endpoint_auth_method(self, method, endpoint): return method == "none"
    def check_grant_type(self, grant_type): return True


class Token(TokenMixin):
    def __init__(self, user, active=True): self.user, self.active = user, active
    def check_client(self, client): return True
    def get_scope(self): return "read"


TOKENS = {"revoked": Token("a", active=False), "of a user who is gone": Token("gone")}


class RefreshTokenGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["none"]

    def authenticate_refresh_token(self, refresh_token):
        token = TOKENS.get(refresh_token)
        return token if token and token.active else None

    def authenticate_user(self, credential): return None if credential.user == "gone" else credential.user
    def revoke_old_credential(self, credential): credential.active = False


server = AuthorizationServer(app, query_client=lambda id: Client() if id == "c" else None, save_token=lambda *_: None)
server.register_grant(RefreshTokenGrant)
app.post("/token", endpoint="token")(lambda: server.create_token_response())

jwt = JWTManager(app)
jwt.token_in_blocklist_loader(lambda header, payload: payload["sub"] == "revoked")
jwt.user_lookup_loader(lambda header, payload: None if payload["sub"] == "gone" else payload["sub"])


@app.post("/refresh")
@jwt_required(refresh=True)
def refresh():
    return jsonify(access_token=create_access_token(identity=get_jwt_identity()))


port = serve(app)
for when, token, client in [
    ("the refresh token is unknown or has expired", "unknown", "c"),
    ("the refresh token is revoked or was used before", "revoked", "c"),
    ("the user is gone", "of a user who is gone", "c"),
    ("the client is unknown", "unknown", "nobody"),
]:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": client}
    print_entry("Authlib", "Authlib", when, post(port, "/token", form=form))

with app.app_context():
    cases = [
        ("the refresh token has expired", create_refresh_token("a", expires_delta=datetime.timedelta(seconds=-5))),
        ("the refresh token is revoked", create_refresh_token("revoked")),
        ("the user is gone", create_refresh_token("gone")),
        ("the refresh token's signature is not the server's", create_refresh_token("a")[:-8] + "AAAAAAAA"),
        ("the refresh token is unreadable", "unknown"),
        ("an access token is sent in its place", create_access_token("a")),
        ("there is no refresh token in the request", None),
    ]
for when, token in cases:
    headers = {"authorization": "Bearer " + token} if token else {}
    print_entry("Flask-JWT-Extended", "Flask-JWT-Extended", when, post(port, "/refresh", json_body={}, headers=headers))
