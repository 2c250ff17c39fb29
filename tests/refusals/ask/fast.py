"""Asks FastAPI, at a refresh route, for the refusals that its tutorial and its full-stack template raise."""
import threading, time
from typing import Annotated
import jwt, uvicorn
from fastapi import Depends, FastAPI, HTTPException, status
from fastapi.security import HTTPBearer, OAuth2PasswordBearer
from report import post, print_entry

KEY = "a key for asking, of thirty-two bytes and more"
USERS = {"active": True, "inactive": False}
app = FastAPI()
Bearer = Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="token"))]


def claims(token, refused):
    try:
        return jwt.decode(token, KEY, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise refused


@app.post("/tutorial")  # "OAuth2 with Password (and hashing), Bearer with JWT tokens"
def tutorial(token: Bearer):
    refused = HTTPException(status_code=status.HTTP_401_UNAUTHORIZED, detail="Could not validate credentials",
                            headers={"WWW-Authenticate": "Bearer"})
    user = claims(token, refused)["sub"]
    if user not in USERS:
        raise refused
    if not USERS[user]:
        raise HTTPException(status_code=400, detail="Inactive user")


@app.post("/template")  # full-stack-fastapi-template, backend/app/api/deps.py
def template(token: Bearer):
    user = claims(token, HTTPException(status_code=403, detail="Could not validate credentials"))["sub"]
    if user not in USERS:
        raise HTTPException(status_code=404, detail="User not found")
    if not USERS[user]:
        raise HTTPException(status_code=400, detail="Inactive user")


@app.post("/http-bearer")
def http_bearer(token=Depends(HTTPBearer())):
    pass


server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical"))
threading.Thread(target=server.run, daemon=True).start()
while not server.started:
    time.sleep(0.02)
port = server.servers[0].sockets[0].getsockname()[1]


def ask(when, path, user=None, age=0):
    token = jwt.encode({"sub": user, "exp": time.time() + 60 - age}, KEY, algorithm="HS256") if user else None
    print_entry("FastAPI", "fastapi", when, post(port, path, json_body={},
                                          headers={"authorization": "Bearer " + token} if token else {}))


ask("the refresh token has expired (as the tutorial answers)", "/tutorial", "active", age=120)
ask("the user is inactive (as the tutorial answers)", "/tutorial", "inactive")
ask("the user is gone (as the tutorial answers)", "/tutorial", "gone")
ask("there is no refresh token in the request (OAuth2PasswordBearer)", "/tutorial")
ask("there is no refresh token in the request (HTTPBearer)", "/http-bearer")
ask("the refresh token has expired (as the full-stack template answers)", "/template", "active", age=120)
ask("the user is gone (as the full-stack template answers)", "/template", "gone")
ask("the user is inactive (as the full-stack template answers)", "/template", "inactive")
