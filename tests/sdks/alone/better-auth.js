// As the documentation of its plugin `jwt` has it: `token()` before each call.
import { createAuthClient } from "better-auth/client";
import { jwtClient } from "better-auth/client/plugins";

const betterAuth = createAuthClient({ plugins: [jwtClient()] });

export const signIn = (email, password) => betterAuth.signIn.email({ email, password });
export const isSignedIn = async () => Boolean((await betterAuth.getSession()).data);
export const token = async () => (await betterAuth.token()).data.token;
