// Asks Express (sendStatus), passport-jwt, express-jwt and Fastify with @fastify/jwt.
import { serve } from "../../support/http.js";
import { ask, json, load, required } from "./report.js";

const { default: express } = await load("express");
const jwt = required("jsonwebtoken");
const key = "a key for asking, of thirty-two bytes and more";
const token = (user, expiresIn = "1h") => jwt.sign({ sub: user }, key, { expiresIn });

// Where the refresh token is a JWT of the body, as in the tutorials of "refresh token rotation".
const app = express();
app.use(express.json());
app.post("/by-hand", (request, response) => {
  const { refreshToken } = request.body;
  if (!refreshToken) return response.sendStatus(401);
  jwt.verify(refreshToken, key, (error) => (error ? response.sendStatus(403) : response.json({})));
});
app.post("/401", (_request, response) => response.sendStatus(401));

const passport = required("passport");
const { ExtractJwt, Strategy } = required("passport-jwt");
passport.use(
  new Strategy({ jwtFromRequest: ExtractJwt.fromBodyField("refreshToken"), secretOrKey: key }, (claims, done) =>
    done(null, claims.sub === "gone" ? false : { id: claims.sub }),
  ),
);
app.post("/passport", passport.authenticate("jwt", { session: false }), (_request, response) => response.json({}));

const { expressjwt } = required("express-jwt");
const guard = expressjwt({ secret: key, algorithms: ["HS256"], getToken: (request) => request.body.refreshToken });
app.post("/express-jwt", guard, (_request, response) => response.json({}));
app.set("env", "production"); // Express's own page for an error has a stack trace otherwise

const { origin: base, close } = await serve((request, response) => app(request, response));
const expired = json({ refreshToken: token("a", -5) });
const unreadable = json({ refreshToken: "x" });
const byExpress = (when, path, init) => ask("Express", "express", when, `${base}/${path}`, init);
await byExpress("a refresh route that answers `res.sendStatus(401)`", "401", expired);
await byExpress("a refresh route that answers `res.sendStatus(403)`", "by-hand", expired);
await byExpress("there is no refresh token in the request (`res.sendStatus(401)`)", "by-hand", json({}));
const passportJwt = (when, init) => ask("passport-jwt", "passport-jwt", when, `${base}/passport`, init);
await passportJwt("the refresh token has expired", expired);
await passportJwt("the refresh token is unreadable", unreadable);
await passportJwt("the user is gone", json({ refreshToken: token("gone") }));
await passportJwt("there is no refresh token in the request", json({}));
await ask(
  "express-jwt",
  "express-jwt",
  "the refresh token has expired (Express's own answer to the error)",
  `${base}/express-jwt`,
  expired,
);
await close();

const { default: fastify } = await load("fastify");
const fast = fastify();
await fast.register(required("@fastify/jwt"), {
  secret: key,
  verify: { extractToken: (request) => request.body?.refreshToken },
});
fast.post("/refresh", { preHandler: (request) => request.jwtVerify() }, async () => ({}));
const at = `${await fast.listen({ host: "127.0.0.1", port: 0 })}/refresh`;
const byFastify = (when, init) => ask("Fastify", "@fastify/jwt", when, at, init);
await byFastify("the refresh token has expired", expired);
await byFastify("the refresh token is unreadable", unreadable);
const forged = json({ refreshToken: jwt.sign({}, "another key, of thirty-two bytes and more") });
await byFastify("the refresh token's signature is not the server's", forged);
await byFastify("there is no refresh token in the request", json({}));
await fast.close();
