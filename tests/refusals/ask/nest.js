// Asks NestJS: the exceptions that its services throw, a guard of its documentation, and AuthGuard of @nestjs/passport.
// Without decorators' syntax, so that Node runs it as it stands.
import { ask, json, load, required } from "./report.js";

await load("reflect-metadata");
const common = await load("@nestjs/common");
const { NestFactory } = await load("@nestjs/core");
const { AuthGuard, PassportStrategy } = await load("@nestjs/passport");
const { JwtModule, JwtService } = await load("@nestjs/jwt");
const { ExtractJwt, Strategy } = required("passport-jwt");
const { BadRequestException, ForbiddenException, NotFoundException, UnauthorizedException } = common;
const { Body, Controller, Module, Post, UseGuards } = common;
const key = "a key for asking, of thirty-two bytes and more";

class RefreshStrategy extends PassportStrategy(Strategy, "jwt-refresh") {
  constructor() {
    super({ jwtFromRequest: ExtractJwt.fromBodyField("refreshToken"), secretOrKey: key });
  }
  validate = (claims) => (claims.sub === "gone" ? null : { id: claims.sub });
}
common.Injectable()(RefreshStrategy);

const routes = {
  guard: () => ({}),
  // Where verifyAsync of @nestjs/jwt throws and nobody catches.
  uncaught: (body, jwt) => jwt.verifyAsync(body.refreshToken),
  unauthorized: () => {
    throw new UnauthorizedException();
  },
  word: () => {
    throw new UnauthorizedException("Unauthorized");
  },
  message: () => {
    throw new UnauthorizedException("Invalid refresh token");
  },
  forbidden: () => {
    throw new ForbiddenException("Access Denied");
  },
  gone: () => {
    throw new NotFoundException("User not found");
  },
  bad: () => {
    throw new BadRequestException("Invalid refresh token");
  },
};
class Refresh {
  constructor(jwt) {
    this.jwt = jwt;
  }
}
for (const [name, route] of Object.entries(routes)) {
  Refresh.prototype[name] = function (body) {
    return route(body, this.jwt);
  };
  Body()(Refresh.prototype, name, 0);
  const method = Object.getOwnPropertyDescriptor(Refresh.prototype, name);
  Post(name)(Refresh.prototype, name, method);
  if (name === "guard") UseGuards(AuthGuard("jwt-refresh"))(Refresh.prototype, name, method);
}
Controller()(Refresh);
common.Inject(JwtService)(Refresh, undefined, 0);
class App {}
Module({ imports: [JwtModule.register({ secret: key })], controllers: [Refresh], providers: [RefreshStrategy] })(App);

const app = await NestFactory.create(App, { logger: false });
await app.listen(0, "127.0.0.1");
const base = `http://127.0.0.1:${app.getHttpServer().address().port}`;
const jwt = new JwtService({ secret: key });
const expired = json({ refreshToken: jwt.sign({ sub: "a" }, { expiresIn: -5 }) });
const nest = (when, path, init = expired, pkg = "@nestjs/common") => ask("NestJS", pkg, when, `${base}/${path}`, init);
await nest("the refresh token has expired (AuthGuard of a passport strategy)", "guard", expired, "@nestjs/passport");
const gone = json({ refreshToken: jwt.sign({ sub: "gone" }) });
await nest("the user is gone (AuthGuard of a passport strategy)", "guard", gone, "@nestjs/passport");
await nest("a refresh route that throws `new UnauthorizedException()`", "unauthorized");
await nest("a refresh route that throws `new UnauthorizedException('Unauthorized')`", "word");
await nest("a refresh route that throws `new UnauthorizedException('Invalid refresh token')`", "message");
await nest("a refresh route that throws `new ForbiddenException('Access Denied')`", "forbidden");
await nest("a refresh route that throws `new BadRequestException('Invalid refresh token')`", "bad");
await nest("a refresh route that throws `new NotFoundException('User not found')`", "gone");
await nest(
  "the refresh token has expired, and nobody catches what verifyAsync throws",
  "uncaught",
  expired,
  "@nestjs/jwt",
);
await app.close();
