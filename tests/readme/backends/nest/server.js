// NestJS with @nestjs/jwt, and the guard of its documentation ("Security", "Authentication"): the access token says
// whose refresh token a logout deletes. Prints its port; ann's password is "secret". Decorators are called by hand, so
// that nothing is compiled.

import "reflect-metadata";
import { randomUUID } from "node:crypto";
import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Post,
  Req,
  UnauthorizedException,
  UseGuards,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { JwtModule, JwtService } from "@nestjs/jwt";

/** User → the refresh token that is good. */
const refreshTokens = new Map();
const LIFETIME = 60; // s

class AuthGuard {
  constructor(jwtService) {
    this.jwtService = jwtService;
  }

  async canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const [type, token] = request.headers.authorization?.split(" ") ?? [];
    if (type !== "Bearer") throw new UnauthorizedException();
    try {
      request.user = await this.jwtService.verifyAsync(token);
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
}

class AuthController {
  constructor(jwtService) {
    this.jwtService = jwtService;
  }

  async issue(user) {
    refreshTokens.set(user, randomUUID());
    const access_token = await this.jwtService.signAsync({ sub: user, jti: randomUUID() });
    return { access_token, refresh_token: refreshTokens.get(user), expires_in: LIFETIME };
  }

  login({ user, password } = {}) {
    if (user !== "ann" || password !== "secret") throw new UnauthorizedException();
    return this.issue(user);
  }

  refresh({ refresh_token } = {}) {
    const [user] = [...refreshTokens].find(([, token]) => token === refresh_token) ?? [];
    if (!user) throw new UnauthorizedException();
    return this.issue(user);
  }

  logout({ user }) {
    refreshTokens.delete(user.sub);
  }

  items({ user }) {
    return [{ owner: user.sub }];
  }
}

function decorate(type, method, decorators, parameter) {
  for (const decorator of decorators)
    decorator(type.prototype, method, Object.getOwnPropertyDescriptor(type.prototype, method));
  parameter(type.prototype, method, 0);
}
Injectable()(AuthGuard);
Inject(JwtService)(AuthGuard, undefined, 0);
Controller("auth")(AuthController);
Inject(JwtService)(AuthController, undefined, 0);
decorate(AuthController, "login", [HttpCode(200), Post("login")], Body());
decorate(AuthController, "refresh", [HttpCode(200), Post("refresh")], Body());
decorate(AuthController, "logout", [HttpCode(204), UseGuards(AuthGuard), Post("logout")], Req());
decorate(AuthController, "items", [UseGuards(AuthGuard), Get("items")], Req());

class AppModule {}
Module({
  imports: [
    JwtModule.register({ secret: "of a test, and long enough for HS256", signOptions: { expiresIn: LIFETIME } }),
  ],
  controllers: [AuthController],
  providers: [AuthGuard],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: ["error"] });
await app.listen(0, "127.0.0.1");
process.stdout.write(`${app.getHttpServer().address().port}\n`);
