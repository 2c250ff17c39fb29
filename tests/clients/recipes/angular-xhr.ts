import { type HttpInterceptorFn, provideHttpClient, withInterceptors } from "@angular/common/http";
import { catchError, from, fromEvent, mergeMap, takeUntil, throwError } from "rxjs";
import { auth } from "./auth.js";

const ended = fromEvent<CustomEvent>(auth, "logout").pipe(
  mergeMap(({ detail }) => throwError(() => detail.error ?? new DOMException("Logged out.", "AbortError"))),
);

const withToken: HttpInterceptorFn = (request, next) => {
  // An interceptor sees requests to every server; the token is for this one.
  if (new URL(request.url, document.baseURI).origin !== location.origin) return next(request);
  const send = (token: string | null) =>
    next(token ? request.clone({ setHeaders: { Authorization: `Bearer ${token}` } }) : request);
  return from(auth.getAccessToken()).pipe(
    mergeMap((token) =>
      send(token).pipe(
        catchError((error) => {
          if (error.status !== 401 || !token) throw error;
          return from(auth.getAccessToken({ rejected: token })).pipe(mergeMap(send));
        }),
      ),
    ),
    takeUntil(ended),
  );
};

export const providers = [provideHttpClient(withInterceptors([withToken]))];
