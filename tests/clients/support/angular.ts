// An Angular app without zones, compiled in the page. It shows the session, and its HttpClient makes the calls.

import "@angular/compiler";
import { HttpClient } from "@angular/common/http";
import { Component, type EnvironmentProviders, type Provider, provideZonelessChangeDetection } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import type { Observable } from "rxjs";
import { session } from "../recipes/angular-session.js";

@Component({ selector: "#app", template: `{{ session()?.accessToken ?? "signed out" }}` })
class App {
  session = session;
}

/** Angular has no signal: who unsubscribes hears nothing more, and the request is aborted. */
function first<T>(answer: Observable<T>, signal: AbortSignal) {
  return new Promise<T>((resolve, reject) => {
    const subscription = answer.subscribe({ next: resolve, error: reject });
    signal.addEventListener("abort", () => {
      subscription.unsubscribe();
      reject(new Error("unsubscribed"));
    });
  });
}

export async function bootstrap(providers: Array<Provider | EnvironmentProviders>) {
  const app = await bootstrapApplication(App, { providers: [provideZonelessChangeDetection(), ...providers] });
  const http = app.injector.get(HttpClient);
  return {
    read: async (n: number, signal: AbortSignal) => (await first(http.get<{ n: number }>(`/api/items/${n}`), signal)).n,
    write: (body: unknown, signal: AbortSignal) => first(http.post("/api/echo", body), signal),
  };
}
