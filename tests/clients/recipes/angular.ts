import { provideHttpClient, withFetch } from "@angular/common/http";
import { auth } from "./auth.js";

// HttpClient looks the global fetch up at each request.
globalThis.fetch = auth.fetch;

export const providers = [provideHttpClient(withFetch())];
